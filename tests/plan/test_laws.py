"""What a plan promises, on a real server: it ends where it says, it goes back, and no row is lost on the way."""

import asyncpg
import pytest

from bdc.catalog import Database, differences
from bdc.catalog.live.reader import read_database
from bdc.plan import plan
from bdc.plan.verifier import verify
from tests.plan.pairs import PAIRS, Pair
from tests.support.apply_edge import apply_edge, undo_edge
from tests.support.postgres import Databases

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
ROLE = "do $$ begin create role reader; exception when duplicate_object then null; end $$;"
SCHEMAS = "select array_agg(nspname) from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'bdc_archive')"


async def state(connection: asyncpg.Connection) -> Database:
    return await read_database(connection, await connection.fetchval(SCHEMAS))


async def states(connection: asyncpg.Connection, pair: Pair) -> tuple[Database, Database]:
    """Return the state before and the state after; the second is only made to be looked at."""
    await connection.execute(ROLE + pair.before)
    old = await state(connection)
    trial = connection.transaction()
    await trial.start()
    await connection.execute(pair.after)
    new = await state(connection)
    await trial.rollback()
    return old, new


# The short run takes every other pair, the long run all.
SAMPLED = [
    pair if place % 2 == 0 else pytest.param(pair, marks=pytest.mark.long) for place, pair in enumerate(PAIRS)
]


@pytest.mark.parametrize("pair", SAMPLED, ids=lambda pair: pair.name)
async def test_a_plan_ends_where_it_says_and_goes_back(databases: Databases, pair: Pair) -> None:
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        old, new = await states(connection, pair)
        planned = plan(old, new, pair.hints)
        if pair.refused is not None:
            assert [each.code for each in planned.refusals] == [pair.refused]
            return
        assert not planned.refusals, planned.refusals
        assert verify(planned.operations) == ()
        await apply_edge(connection, planned.operations)
        assert differences(new, await state(connection)) == ()
        if pair.back:
            await undo_edge(connection, planned.operations)
            assert differences(old, await state(connection)) == ()
    finally:
        await connection.close()
