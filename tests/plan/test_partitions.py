"""A partition beside the default one: that has none of its rows, which is proved without holding anybody up."""

import asyncpg
import pytest

from bdc.plan import Hints, plan
from tests.evolution.watching import run_watched
from tests.migrations.test_hints import state
from tests.plan.pair import Pair
from tests.plan.test_laws import states
from tests.support.apply_edge import undo_edge
from tests.support.postgres import Databases

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
BEFORE = (
    "create table e (id int, at {kind}) partition by {by} (at); create table rest partition of e default;"
)


@pytest.mark.parametrize(
    ("by", "kind", "bound", "inside", "outside"),
    [
        ("range", "date", "from ('2026-02-01') to ('2026-03-01')", "date '2026-02-01'", "date '2026-03-01'"),
        ("range", "timestamptz", "from ('2026-02-01') to (maxvalue)", "now() + interval '9 years'", "null"),
        ("range", "numeric(9, 2)", "from (minvalue) to (-1.5)", "-1.51", "-1.5"),
        ("list", "text", "in ('a', null)", "null", "'b'"),
        ("list", "int", "in (null)", "null", "1"),
        ("list", "bool", "in (true)", "true", "null"),
    ],
)
async def test_nothing_is_read_under_a_lock(
    databases: Databases, by: str, kind: str, bound: str, inside: str, outside: str
) -> None:
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        pair = Pair(
            "beside", BEFORE.format(by=by, kind=kind), f"create table part partition of e for values {bound}"
        )
        operations = plan(*await states(connection, pair), Hints()).operations
        assert not [hazard for each in operations for hazard in each.hazards if hazard.code == "BLOCKS"]
        await connection.execute(f"insert into rest values (1, {inside}), (2, {outside}), (3, {inside})")
        checks = [check for operation in operations for check in operation.checks]
        assert [(check.code, await connection.fetchval(check.sql)) for check in checks] == [("E508", 2)]
        await connection.execute("delete from rest where id <> 2")
        seen = await run_watched(connection, operations, _nothing)
        assert (seen.wrong, seen.blocking) == ([], [])
        await connection.execute(f"insert into e values (4, {inside})")
        await undo_edge(connection, operations)
        assert await connection.fetch("select id from rest order by 1") == [(2,), (4,)]
    finally:
        await connection.close()


WRITTEN = """
entity Reading @partition(range, at) {
  meter: int
  at: timestamp
  id (meter, at)
  partition rest default
}
entity Customer @partition(list, country) {
  country: string(2..2)
  number: int
  id (country, number)
  partition elsewhere default
}
"""


async def test_bounds_of_the_language_are_understood() -> None:
    more = WRITTEN.replace(
        "  partition rest", '  partition y from ("2026-01-01T00:00:00Z") to (maxvalue)\n  partition rest'
    )
    more = more.replace("  partition else", '  partition north in ("dk", "se")\n  partition else')
    planned = plan(state(WRITTEN), state(more))
    hazards = [hazard.code for each in planned.operations for hazard in each.hazards]
    assert (hazards.count("ROWS_REFUSED"), hazards.count("BLOCKS")) == (2, 0)


async def _nothing() -> None:
    """Nobody looks on."""
