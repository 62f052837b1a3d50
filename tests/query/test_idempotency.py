"""Whose an idempotency key is, where callers and tenants are texts of any kind; and that old keys are forgotten."""

from functools import cache
from typing import Any

import asyncpg
from tests.support.postgres import Database, Databases, Template, run
from tests.support.specs import compile_text

from bdc.ir import SystemIR
from bdc.ir.compiled import PURGE, CompiledQueries
from bdc.query.compile import compile_queries
from bdc.schema.initial import initial_migration
from bdc_emitters.postgres.release import release

SPEC = """
entity Org @tenant_root { id: string(1..40) @id }
entity User { id: string(1..40) @id  org: Org @tenant @immutable }
entity Emp { id: uuid = uuid7() @id  org: Org @tenant @immutable  user: User  salary: int  level: Level = junior }
enum Level { junior, senior }
machine Emp.level { junior -> senior by raise }
identity User {
  bearer jwt { issuer: env("I")  audience: "hr"  jwks: env("J") }
  claim id: string = "sub"
  claim org: string = "org"
  claim roles: string[] = "roles"
}
role manager
policy Org { allow read to manager }
policy User { scope org == actor.org  allow read to manager }
policy Emp { scope org == actor.org  allow read, raise to manager }
api Hr v1 at "/v1" {
  auth bearer
  resource Emp at "/emps" { ops get  op raise(by: int) -> Emp @idempotent { set { salary: salary + by } } }
}
"""
_ROWS = """
insert into org (id) values ('b/c'), ('c');
insert into "user" (id, org_id) values ('a', 'b/c'), ('a/b', 'c');
insert into emp (id, org_id, user_id, salary) values ('{ann}', 'b/c', 'a', 1), ('{eve}', 'c', 'a/b', 2);
"""
ANN, EVE = (f"0190a000-0000-7000-8000-0000000000{n:02}" for n in (1, 2))
CALLERS = {ANN: ("a", "b/c"), EVE: ("a/b", "c")}


@cache
def system() -> tuple[SystemIR, CompiledQueries]:
    compiled = compile_text(SPEC)
    assert compiled.system is not None, compiled.diagnostics
    return compiled.system, compile_queries(compiled.system)


async def _build(url: str) -> None:
    made, queries = system()
    files = {file.path: file.content for file in initial_migration(made, queries)}
    expand = next(text for path, text in files.items() if path.endswith("01_expand.sql"))
    connection = await asyncpg.connect(url)
    try:
        for script in (expand, release(made, queries).content, _ROWS.format(ann=ANN, eve=EVE)):
            async with connection.transaction():
                await connection.execute(script)
    finally:
        await connection.close()


HR = Template("texts_as_tenants", _build)


async def _raised(database: Database, emp: str) -> Any:
    """Raise a salary under one key and with one request hash, as its own manager; return the body."""
    made, queries = system()
    call = next(function.call for function in queries.functions if function.name == "emp_raise")
    connection = await asyncpg.connect(database.url(f"{made.name}_runtime"))
    try:
        row = await connection.fetchrow(call, *CALLERS[emp], "manager", "request-1", emp, 5, "key", "hash")
        return row["body"]
    finally:
        await connection.close()


def test_callers_whose_scope_reads_alike_do_not_share_answers(databases: Databases) -> None:
    database = databases.fresh(HR)
    first, other = run(_raised(database, ANN)), run(_raised(database, EVE))
    assert '"salary":6' in first
    assert '"salary":7' in other
    assert run(_raised(database, ANN)) == first
    assert run(_raised(database, EVE)) == other
    assert len(run(database.fetch("select 1 from app.idempotency_key"))) == 2


def test_keys_are_forgotten_after_a_day_a_bounded_number_at_a_time(databases: Databases) -> None:
    database = databases.fresh(HR)
    run(_raised(database, ANN))
    old = "insert into app.idempotency_key select 's', 'o', n::text, 'h', 200, null, '', now() - interval '25 hours'"
    run(database.execute(f"{old} from generate_series(1, 25) n"))
    made, queries = system()
    purge = next(function.call for function in queries.functions if function.name == PURGE)
    counts = [run(database.fetch(purge, 10, user=f"{made.name}_runtime"))[0][0] for _ in range(4)]
    assert counts == [10, 10, 5, 0]
    assert len(run(database.fetch("select 1 from app.idempotency_key"))) == 1
