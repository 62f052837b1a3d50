"""A system whose roles come from relations of every shape, in a database: policy inlined, or row level security alone."""

from functools import cache
from typing import Any

import asyncpg
from tests.support.postgres import Template
from tests.support.specs import compile_text

from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.query.compile import compile_queries
from bdc.query.names import quote
from bdc.schema.initial import initial_migration
from bdc_emitters.postgres.release import release

SPEC = """
entity Org @tenant_root { id: uuid = uuid7() @id  name: string(1..40) }
mixin Tenanted { org: Org @tenant @immutable }
entity Person with Tenanted { id: uuid = uuid7() @id  name: string(1..40)  unique (org, name) }
entity Project with Tenanted {
  id: uuid = uuid7() @id
  title: string(1..40)
  lead: Person?
  open: bool = false
  members: Membership[] @inverse(project)
  tasks: Task[] @inverse(project)
}
entity Membership with Tenanted { id: uuid = uuid7() @id  project: Project  person: Person  grade: int = 1 }
entity Task with Tenanted {
  id: uuid = uuid7() @id
  project: Project
  assignee: Person?
  title: string(1..40)
  hours: int = 0
}
entity Secret with Tenanted { id: uuid = uuid7() @id  task: Task  text: string(1..40) }

identity Person {
  bearer jwt { issuer: env("I")  audience: "guild"  jwks: env("J") }
  claim id: uuid = "sub"
  claim org: uuid = "org"
  claim roles: string[] = "roles"
}

role clerk
role head on Project when lead == actor
role fellow on Project when exists m in members where (m.person == actor and m.grade > 1)
role doer on Task when assignee == actor
role boss on Task when project.lead == actor
role peer on Task when exists m in project.members where (m.person == actor)
role shadow on Task when exists m in project.members where (m.person == assignee and m.person == actor)

policy Org { allow read to clerk when id == actor.org }
policy Person { scope org == actor.org  allow read to clerk }
policy Membership { scope org == actor.org  allow create to clerk }
policy Project {
  scope org == actor.org
  allow read to clerk, head, fellow
  deny read to clerk when open and title == "hidden" because "not for clerks"
  allow update to head when old.open
}
policy Task {
  scope org == actor.org
  allow read to doer, boss, peer
  allow update to shadow
}
policy Secret { scope org == actor.org  allow read via task }

api Guild v1 at "/v1" {
  auth bearer
  resource Project at "/projects" { ops list, get, update  expand tasks(max: 9)  input update { title? } }
  resource Task at "/tasks" { ops list, get, update  input update { title? } }
  resource Secret at "/secrets" { ops list, get }
}
"""
MODES = ("inlined", "row level security")
ACME, GLOBEX = "0190c000-0000-7000-8000-00000000000a", "0190c000-0000-7000-8000-00000000000b"
ANN, BOB, CAT, DAN = (f"0190c000-0000-7000-8000-0000000001{n:02}" for n in range(4))


@cache
def guild() -> SystemIR:
    compilation = compile_text(SPEC)
    assert compilation.system is not None, compilation.diagnostics
    return compilation.system


@cache
def queries(mode: str) -> CompiledQueries:
    return compile_queries(guild(), inline_policies=mode == "inlined")


def _insert(table: str, *rows: dict[str, Any]) -> str:
    def literal(value: Any) -> str:
        return "null" if value is None else f"'{value}'"

    return "".join(
        f"insert into {quote(table)} (org_id, {', '.join(row)}) values "
        f"('{GLOBEX if row.get('title') == 'foreign' else ACME}', {', '.join(map(literal, row.values()))});"
        for row in rows
    )


def _rows() -> str:
    """Projects p0 led by Ann, p1 with Bob as a member of grade 2, p2 with Cat as one of grade 1, p3 open and hidden."""
    ids = [f"0190c000-0000-7000-8000-0000000002{n:02}" for n in range(4)]
    tasks = [f"0190c000-0000-7000-8000-0000000003{n:02}" for n in range(4)]
    return (
        f"insert into org (id, name) values ('{ACME}', 'Acme'), ('{GLOBEX}', 'Globex');"
        + _insert(
            "person",
            *({"id": each, "name": name} for each, name in zip((ANN, BOB, CAT, DAN), "abcd", strict=True)),
        )
        + _insert(
            "project",
            {"id": ids[0], "title": "p0", "lead_id": ANN, "open": "true"},
            {"id": ids[1], "title": "p1"},
            {"id": ids[2], "title": "p2"},
            {"id": ids[3], "title": "hidden", "open": "true", "lead_id": ANN},
        )
        + _insert(
            "membership",
            {"project_id": ids[1], "person_id": BOB, "grade": 2},
            {"project_id": ids[2], "person_id": CAT, "grade": 1},
            {"project_id": ids[2], "person_id": DAN, "grade": 1},
        )
        + _insert(
            "task",
            {"id": tasks[0], "project_id": ids[0], "title": "t0", "assignee_id": DAN},
            {"id": tasks[1], "project_id": ids[1], "title": "t1"},
            {"id": tasks[2], "project_id": ids[2], "title": "t2", "assignee_id": CAT},
            {"id": tasks[3], "project_id": ids[3], "title": "t3"},
        )
        + _insert("secret", *({"task_id": each, "text": f"s{n}"} for n, each in enumerate(tasks)))
    )


async def _build(url: str, mode: str) -> None:
    files = {file.path: file.content for file in initial_migration(guild(), queries(mode))}
    expand = next(text for path, text in files.items() if path.endswith("01_expand.sql"))
    connection = await asyncpg.connect(url)
    try:
        for script in (expand, release(guild(), queries(mode)).content, _rows()):
            async with connection.transaction():
                await connection.execute(script)
        if mode == "inlined":
            tables = await connection.fetch(
                "select oid::regclass::text as name from pg_class where relrowsecurity"
            )
            for table in tables:
                await connection.execute(f"alter table {table['name']} disable row level security")
    finally:
        await connection.close()


TEMPLATES = {
    mode: Template(f"guild_{mode.replace(' ', '_')}", lambda url, mode=mode: _build(url, mode))
    for mode in MODES
}
