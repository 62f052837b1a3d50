"""Every usual change of a whole system: where the specification leads is where the migration ends, and no row is lost."""

import asyncio

import asyncpg
import pytest

from bdc.catalog import differences
from bdc.catalog.live.reader import read_database
from bdc.evolution.next_migration import Step, advance
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.plan.verifier import verify
from bdc.query import compile_queries
from bdc.schema.initial import initial_migration
from bdc.schema.state import physical_state
from bdc_emitters.postgres.seeds import seed_files
from tests.migrations.edits import EDITS, Edit
from tests.support.apply_edge import apply_edge, undo_edge
from tests.support.postgres import Databases, Template
from tests.support.shop import shop

pytestmark = pytest.mark.postgres
COUNT = "select count(*) from {}"


async def load(url: str, system: SystemIR) -> None:
    """Make the schema of `system` and its seeds, as the first migration does."""
    files = [*initial_migration(system, compile_queries(system, True)), *seed_files(system)]
    connection = await asyncpg.connect(url)
    try:
        for file in files:
            if file.path.endswith("01_expand.sql") or "/seeds/" in file.path:
                async with connection.transaction():
                    await connection.execute(file.content)
    finally:
        await connection.close()


async def load_shop(url: str) -> None:
    await load(url, shop()[1])


SHOP = Template("shop_before", load_shop)


def step_of(edit: Edit) -> Step:
    project, system = shop()
    compiled = compile_system(edit.apply(project.files))
    assert compiled.system is not None, compiled.diagnostics
    old = physical_state(system, compile_queries(system, True))
    return advance(old, compiled.system, compile_queries(compiled.system, True))


# The short run takes every other edit, the long run all.
SAMPLED = [
    edit if place % 2 == 0 else pytest.param(edit, marks=pytest.mark.long) for place, edit in enumerate(EDITS)
]


@pytest.mark.parametrize("edit", SAMPLED, ids=lambda edit: edit.name)
def test_a_change_ends_where_the_specification_leads(edit: Edit, databases: Databases) -> None:
    step = step_of(edit)
    assert step.planned.refusals == ()
    assert verify(step.planned.operations) == ()
    before, fresh = databases.fresh(SHOP), databases.fresh()
    asyncio.run(walk(before.superuser_url, fresh.superuser_url, step))


async def walk(url: str, fresh_url: str, step: Step) -> None:
    await load(fresh_url, step.system)
    connection, fresh = await asyncpg.connect(url), await asyncpg.connect(fresh_url)
    try:
        old, new = await read_database(connection), await read_database(fresh)
        rows = await counted(connection)
        await connection.execute("set role shop_owner; set search_path = public, pg_temp")
        await apply_edge(connection, step.planned.operations)
        assert differences(new, await read_database(connection, ("public", "app"))) == ()
        await connection.execute("reset role")
        assert await counted(connection) == rows
        if any(operation.undo is None for operation in step.planned.operations):
            return
        await connection.execute("set role shop_owner")
        await undo_edge(connection, step.planned.operations)
        assert differences(old, await read_database(connection, ("public", "app"))) == ()
    finally:
        await connection.close()
        await fresh.close()


async def counted(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, int]:
    """Return how many rows each table of the shop has, as one who sees all."""
    tables = [table.name for table in shop()[1].tables]
    return {name: await connection.fetchval(COUNT.format(f'"{name}"')) for name in tables}
