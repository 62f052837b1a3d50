"""SQL operations that change data answer: a WITH stands at the top of the statement, rows that are not wanted are thrown away."""

from typing import Any

import asyncpg
import pytest

from bdc.ddl.printer import print_script
from bdc.query import compile_queries
from bdc.schema.statements import preamble, schema
from bdc.stack.loading import run, scratch
from bdc_emitters.postgres.release import release
from tests.support.specs import compile_text

_SPEC = """
entity Account { id: uuid = uuid7() @id  balance: bigint = 0  q: int = 0 }

struct Done { moved: int }

identity Account {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "bank"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}
role teller
policy Account { allow read, create, update, poke to teller }

api Bank v1 {
  auth bearer
  resource Account {
    ops get
    op poke(by: int) -> Account { sql \"\"\" update account set balance = balance + :by where :by::text <> ':no' returning * \"\"\" }
  }
  op transfer(amount: bigint) -> Done {
    allow teller
    sql \"\"\"
      with q as (update account set balance = balance + -:amount where true returning 1), é(n) as (select count(*) from q)
      select n as moved from é -- the last line
    \"\"\"
  }
  op all(amount: bigint) -> int[] { allow teller  sql \"\"\" update account set balance = :amount returning balance \"\"\" }
  op none(amount: bigint) { allow teller  sql \"\"\" with a as (select 1) update account set balance = :amount + (select count(*) from a) returning 1 \"\"\" }
  op two(amount: bigint) { allow teller  sql \"\"\" update account set balance = 5; with z as (update account set q = 7 returning 1) select * from z \"\"\" }
}
"""
_KEY = "018f0000-0000-7000-8000-000000000001"


@pytest.mark.postgres
def test_they_answer_and_change() -> None:
    with scratch() as fresh:
        answers = run(_called(fresh()))
    assert answers["poke"] == 200
    assert answers["transfer"] == '{"moved":1}'
    assert answers["all"] == "[9]"
    assert answers["none"] == 204
    assert answers["two"] == 204
    assert answers["row"] == (5, 7)


async def _called(url: str) -> dict[str, Any]:
    system = compile_text(_SPEC).system
    assert system is not None
    queries = compile_queries(system)
    connection = await asyncpg.connect(url)
    found: dict[str, Any] = {}
    try:
        async with connection.transaction():
            await connection.execute(print_script([*preamble(system, queries), *schema(system, queries)]))
        async with connection.transaction():
            await connection.execute(release(system, queries).content)
        await connection.execute(f"insert into account (id) values ('{_KEY}')")
        await connection.execute(f"set role {system.name}_runtime")
        for function in queries.functions:
            arguments = [_argument(each.name) for each in function.parameters]
            row = await connection.fetchrow(function.call, *arguments)
            assert row is not None
            found[function.operation] = (
                row["body"] if function.operation in ("transfer", "all") else row["status"]
            )
        await connection.execute("reset role")
        found["row"] = tuple(await connection.fetchrow("select balance, q from account") or ())
    finally:
        await connection.close()
    return found


def _argument(name: str) -> Any:
    values = {"amount": 9, "by": 1, "id": _KEY, "roles": "teller", "claim_roles": "teller"}
    return values.get(name)
