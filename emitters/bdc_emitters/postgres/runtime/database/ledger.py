"""What has been applied: the rows of `app.migration`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from database.migrations_folder import Migration, MigrationError, MigrationFile

_WHOLE = 0  # the number of the "statement" that stands for a file


@dataclass(frozen=True, slots=True)
class Ledger:
    """`rows`: (migration, file, statement) → checksum. `catalog`: the schema as the last migration left it."""

    rows: dict[tuple[str, str, int], str]
    catalog: dict[str, str] | None

    def has(self, file: MigrationFile) -> bool:
        """Whether the whole file has been applied."""
        return (file.migration, file.name, _WHOLE) in self.rows

    def statements_done(self, file: MigrationFile) -> int:
        """Return how many statements of a file without a transaction have been applied."""
        return sum(
            1
            for migration, name, number in self.rows
            if (migration, name) == (file.migration, file.name) and number
        )

    def refuse_edited(self, migrations: Iterable[Migration]) -> None:
        """MigrationError when a file is not what was applied, or is gone."""
        present = {(file.migration, file.name): file for migration in migrations for file in migration.files}
        for (migration, name, _), checksum in self.rows.items():
            file = present.get((migration, name))
            if file is None:
                raise MigrationError(f"{migration}/{name} was applied to this database and is missing here")
            if file.checksum != checksum:
                raise MigrationError(
                    f"{migration}/{name} was edited after it was applied: restore it, and write a new migration instead"
                )


async def read_ledger(connection: "asyncpg.Connection[asyncpg.Record]") -> Ledger:
    """Return the ledger; an empty one on a database that no migration has seen."""
    if await connection.fetchval("select to_regclass('app.migration')") is None:
        return Ledger({}, None)
    rows = await connection.fetch(
        "select migration, file, statement, checksum from app.migration order by number"
    )
    catalog = await connection.fetchval(
        "select catalog from app.migration where catalog is not null order by number desc limit 1"
    )
    return Ledger(
        {(row["migration"], row["file"], row["statement"]): row["checksum"] for row in rows},
        json.loads(catalog) if catalog is not None else None,
    )


async def record(
    connection: "asyncpg.Connection[asyncpg.Record]",
    file: MigrationFile,
    statement: int = _WHOLE,
    catalog: dict[str, str] | None = None,
) -> None:
    """Enter a file, or one statement of it."""
    await connection.execute(
        "insert into app.migration (migration, file, checksum, statement, catalog) values ($1, $2, $3, $4, $5::jsonb)",
        file.migration,
        file.name,
        file.checksum,
        statement,
        json.dumps(catalog) if catalog is not None else None,
    )
