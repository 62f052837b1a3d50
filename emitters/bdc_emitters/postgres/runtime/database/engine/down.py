"""Take back the last migration: only what is applied of it, and only when all of that can be taken back."""

import json
from functools import partial

from database.engine import operation_ledger
from database.engine.adoption import adoption_of, end
from database.engine.apply import acting
from database.engine.catalog import read_catalog
from database.engine.edge import Operation, in_groups
from database.engine.errors import MigrationError
from database.engine.extensions import stays
from database.engine.history import refuse_misfit
from database.engine.ledger import Ledger
from database.engine.migrations_folder import Migration
from database.engine.operations import Run, execute, limits, truth
from database.engine.patience import patiently

# The schema as it is now is the one that the last migration left.
_KEEP_CATALOG = """
update app.migration set catalog = $1::jsonb
where number = (select number from app.migration where statement = 0 order by number desc limit 1)
"""


async def take_back(
    run: Run, migrations: tuple[Migration, ...], ledger: Ledger, accept_loss: bool
) -> Migration | None:
    """Take back the last migration of which anything is applied, and return it; None when there is none."""
    refuse_misfit(migrations, ledger)
    last = next((one for one in reversed(migrations) if one.name in ledger.migrations), None)
    if last is None:
        last = await _half_adopted(run, migrations)
    if last is None:
        return None
    if last.edge is None:
        await _whole_file(run, last, accept_loss)
    else:
        await _operations(run, last, ledger)
    return last


async def _half_adopted(run: Run, migrations: tuple[Migration, ...]) -> Migration | None:
    """Return the adoption of which only roles, schema and ledger are there: a run that was killed left them."""
    first = migrations[0] if migrations else None
    if first is None or adoption_of(first) is None:
        return None
    return first if await truth(run.connection, "select to_regclass('app.migration') is not null") else None


async def _whole_file(run: Run, migration: Migration, accept_loss: bool) -> None:
    if migration.down is None:
        raise MigrationError(f"{migration.name} has no down.sql: it cannot be rolled back")
    if not accept_loss:
        raise MigrationError(
            f"{migration.name} created the whole schema: rolling it back drops every table with all rows;"
            " give --accept-loss to do so"
        )
    text = migration.down.text

    async def attempt() -> None:
        async with run.connection.transaction():
            await run.connection.execute(text)
            if await truth(run.connection, "select to_regclass('app.migration') is not null"):
                await run.connection.execute("delete from app.migration where migration = $1", migration.name)

    await patiently(attempt, run.budget)
    run.note(f"took back {migration.name}")


async def _operations(run: Run, migration: Migration, ledger: Ledger) -> None:
    assert migration.edge is not None  # nosec B101
    applied = tuple(one for one in migration.edge.operations if ledger.begun(migration.name, one))
    _refuse_irreversible(migration, applied)
    async with acting(run.connection, migration.edge):
        await _undo(run, migration, applied)
        if migration.edge.adoption is None:
            await _keep_catalog(run)
    if migration.edge.adoption is not None:
        await end(run.connection, migration.edge.adoption, run.budget)
        run.note(f"took back {migration.name}")


async def _keep_catalog(run: Run) -> None:
    catalog = json.dumps(await read_catalog(run.connection))
    await run.connection.execute(_KEEP_CATALOG, catalog)


async def _undo(run: Run, migration: Migration, applied: tuple[Operation, ...]) -> None:
    await run.connection.execute("delete from app.migration where migration = $1", migration.name)
    for group in reversed(in_groups(applied)):
        if group[0].transaction == "shared":
            await patiently(partial(_together, run, migration.name, group), run.budget)
        else:
            await patiently(partial(_alone, run, migration.name, group[0]), run.budget)
        for operation in reversed(group):
            run.note(f"took back {migration.name}/{operation.id}")


def _refuse_irreversible(migration: Migration, applied: tuple[Operation, ...]) -> None:
    lost = [one for one in applied if one.undo is None]
    if lost:
        listed = "".join(f"\n  {one.id} ({one.title}): {one.irreversible}" for one in lost)
        raise MigrationError(f"{migration.name} cannot be rolled back, and nothing was changed:{listed}")


async def _together(run: Run, name: str, group: tuple[Operation, ...]) -> None:
    async with run.connection.transaction():
        for operation in reversed(group):
            await run.connection.execute(limits(operation, "set local"))
            for statement in operation.undo or ():
                if await stays(run.connection, statement):
                    run.note(f"left to who made it: {statement}")
                else:
                    await execute(run.connection, statement)
            await operation_ledger.undone(run.connection, name, operation)


async def _alone(run: Run, name: str, operation: Operation) -> None:
    """What never came to be, or is gone already, needs only what is left of it cleared away."""
    made = not operation.done or await truth(run.connection, operation.done)
    await run.connection.execute(limits(operation, "set"))
    try:
        for statement in (operation.undo or ()) if made else operation.cleanup:
            await run.connection.execute(statement)
    finally:
        if not run.connection.is_closed():
            await run.connection.execute("reset lock_timeout; reset statement_timeout")
    await operation_ledger.undone(run.connection, name, operation)
