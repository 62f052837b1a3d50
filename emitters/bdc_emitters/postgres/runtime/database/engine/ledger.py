"""What has been applied: the rows of `app.migration` (files and phases) and `app.migration_operation` (operations)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from database.engine.edge import Operation
from database.engine.errors import MigrationError
from database.engine.migrations_folder import Migration, MigrationFile

WHOLE = 0  # the number of the "statement" that stands for a file
STATE = "state"  # the file whose checksum says at which state a database was when it was taken over
_INSERT = """
insert into app.migration (migration, file, checksum, statement, catalog) values ($1, $2, $3, $4, $5::jsonb)
on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """`state`: started, finished or undone. `last_key`: where a backfill is."""

    state: str
    checksum: str
    last_key: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """`rows`: (migration, file, statement) → checksum. `catalog`: the schema as the last migration left it. `operations`:
    (migration, operation) → how far it is."""

    rows: dict[tuple[str, str, int], str]
    catalog: dict[str, str] | None
    operations: dict[tuple[str, str], Begun]

    def has(self, file: MigrationFile) -> bool:
        """Whether the whole file has been applied."""
        return self.has_entry(file.migration, file.name)

    def has_entry(self, migration: str, file: str) -> bool:
        """Whether a file, or the phase that goes by its name, has been applied."""
        return (migration, file, WHOLE) in self.rows

    def statements_done(self, file: MigrationFile) -> int:
        """Return how many statements of a file without a transaction have been applied."""
        return sum(
            1
            for migration, name, number in self.rows
            if (migration, name) == (file.migration, file.name) and number
        )

    def begun(self, migration: str, operation: Operation) -> Begun | None:
        """Return how far an operation is; None when it was never begun or has been undone."""
        found = self.operations.get((migration, operation.id))
        return found if found is not None and found.state != "undone" else None

    @property
    def migrations(self) -> frozenset[str]:
        """The migrations of which anything is applied."""
        named = {migration for migration, file, _ in self.rows if file != STATE}
        live = {migration for (migration, _), found in self.operations.items() if found.state != "undone"}
        return frozenset(named | live)

    @property
    def taken_over_at(self) -> str | None:
        """The state that an existing database was said to be at."""
        return next((checksum for (_, file, _), checksum in self.rows.items() if file == STATE), None)

    def refuse_edited(self, migrations: Iterable[Migration]) -> None:
        """MigrationError when a migration is not what was applied."""
        for migration in migrations:
            planned = migration.entries
            for (name, file, _), checksum in self.rows.items():
                if name == migration.name and planned.get(file) != checksum:
                    raise MigrationError(_edited(f"{name}/{file}", file in planned))
            for operation in migration.edge.operations if migration.edge else ():
                begun = self.begun(migration.name, operation)
                if begun is not None and begun.checksum != operation.checksum:
                    raise MigrationError(_edited(f"{migration.name}/{operation.id}", True))


def _edited(what: str, present: bool) -> str:
    if not present:
        return f"{what} was applied to this database and is missing here"
    return f"{what} was edited after it was applied: restore it, and write a new migration instead"


async def read_ledger(connection: "asyncpg.Connection[asyncpg.Record]") -> Ledger:
    """Return the ledger; an empty one on a database that no migration has seen."""
    if await connection.fetchval("select to_regclass('app.migration')") is None:
        return Ledger({}, None, {})
    rows = await connection.fetch(
        "select migration, file, statement, checksum from app.migration order by number"
    )
    catalog = await connection.fetchval(
        "select catalog from app.migration where catalog is not null order by number desc limit 1"
    )
    return Ledger(
        {(row["migration"], row["file"], row["statement"]): row["checksum"] for row in rows},
        json.loads(catalog) if catalog is not None else None,
        await _read_operations(connection),
    )


async def _read_operations(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[tuple[str, str], Begun]:
    if await connection.fetchval("select to_regclass('app.migration_operation')") is None:
        return {}
    rows = await connection.fetch(
        "select edge, operation, state, checksum, last_key from app.migration_operation"
    )
    return {(row["edge"], row["operation"]): _begun(row) for row in rows}


def _begun(row: asyncpg.Record) -> Begun:
    last = json.loads(row["last_key"]) if row["last_key"] is not None else None
    return Begun(row["state"], row["checksum"], tuple(last) if last is not None else None)


async def record(
    connection: "asyncpg.Connection[asyncpg.Record]",
    file: MigrationFile,
    statement: int = WHOLE,
    catalog: dict[str, str] | None = None,
) -> None:
    """Enter a file, or one statement of it."""
    await enter(connection, file.migration, file.name, file.checksum, statement, catalog)


async def enter(
    connection: "asyncpg.Connection[asyncpg.Record]",
    migration: str,
    file: str,
    checksum: str,
    statement: int = WHOLE,
    catalog: dict[str, str] | None = None,
) -> None:
    """Enter a row of `app.migration`: what has been applied, and the schema as it is now."""
    described = json.dumps(catalog) if catalog is not None else None
    await connection.execute(_INSERT, migration, file, checksum, statement, described)
