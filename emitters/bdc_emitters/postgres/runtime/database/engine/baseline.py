"""Say of an existing database at which state of the history it is, without running anything."""

import asyncpg

from database.engine.catalog import read_catalog
from database.engine.errors import MigrationError
from database.engine.ledger import STATE, Ledger, enter
from database.engine.migrations_folder import Migration
from database.engine.operation_ledger import ensure_ledger, finish


async def mark(
    connection: "asyncpg.Connection[asyncpg.Record]",
    migrations: tuple[Migration, ...],
    ledger: Ledger,
    wanted: str | None,
) -> str:
    """Mark everything up to `wanted` as applied: the name of a migration, or (the beginning of) a state; None is the last
    migration. Return what was marked. MigrationError when the database has a ledger, or nothing is called so."""
    if ledger.migrations or ledger.taken_over_at:
        raise MigrationError("this database has a ledger: its state is known, see `status`")
    await _refuse_untouched(connection, migrations)
    count, state = _upto(migrations, wanted)
    async with connection.transaction():
        await ensure_ledger(connection)
        catalog = await read_catalog(connection)
        await enter(connection, "baseline", STATE, state, catalog=catalog)
        for migration in migrations[:count]:
            for operation in migration.edge.operations if migration.edge else ():
                await finish(connection, migration.name, operation)
            for file, checksum in migration.entries.items():
                await enter(connection, migration.name, file, checksum, catalog=catalog)
    return migrations[count - 1].name if count else f"the state {state[:12]}"


async def _refuse_untouched(
    connection: "asyncpg.Connection[asyncpg.Record]", migrations: tuple[Migration, ...]
) -> None:
    """MigrationError when nothing of a backend is there: what its first migration makes beside tables would be missing for ever."""
    whole = any(migration.edge is None for migration in migrations)
    if whole and await connection.fetchval("select to_regnamespace('app') is null"):
        raise MigrationError(
            "this database has no schema app and no roles of the backend, which later migrations need:"
            " `bdc adopt db:URL --spec SPEC` writes a migration that creates them in a database in use, and `up` applies it"
        )


def _upto(migrations: tuple[Migration, ...], wanted: str | None) -> tuple[int, str]:
    """Return how many migrations are applied, and the state that they lead to."""
    if not migrations:
        raise MigrationError("this folder has no migrations")
    first = migrations[0].source
    if wanted and first is not None and first.startswith(wanted):
        return 0, first
    for number, migration in enumerate(migrations, 1):
        if wanted and (migration.name == wanted or migration.target.startswith(wanted)):
            return number, migration.target
    if wanted:
        known = ", ".join(migration.name for migration in migrations)
        raise MigrationError(f"unknown migration or state {wanted}; known: {known}")
    return len(migrations), migrations[-1].target
