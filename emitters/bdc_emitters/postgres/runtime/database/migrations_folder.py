"""The migrations as files: `migrations/<name>/` with `edge.json`, `01_….sql` and following, `down.sql`."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

# A file that starts with this line runs statement by statement, each on its own (concurrent index builds must); a line
# `-- next` stands between two statements. Every other file is one transaction.
NO_TRANSACTION = "-- transaction: none"
_BETWEEN = "\n-- next\n"


class MigrationError(Exception):
    """The migrations and the database do not fit together; the message says what to do."""


@dataclass(frozen=True, slots=True)
class MigrationFile:
    migration: str
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of a file without a transaction; empty for the others, which run as a whole."""
        if not self.text.startswith(NO_TRANSACTION):
            return ()
        return tuple(self.text.removeprefix(NO_TRANSACTION).strip().split(_BETWEEN))


@dataclass(frozen=True, slots=True)
class Migration:
    """An edge from one state of the schema to the next."""

    name: str
    source: str | None
    target: str
    files: tuple[MigrationFile, ...]


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """Return the migrations in order. MigrationError when one does not start where the one before it ended, or when a
    file is not the one that was planned."""
    found = tuple(_read(edge.parent) for edge in sorted(folder.glob("*/edge.json")))
    state: str | None = None
    for migration in found:
        if migration.source != state:
            raise MigrationError(f"{migration.name} does not follow the migration before it: plan it again")
        state = migration.target
    return found


def _read(folder: Path) -> Migration:
    edge = json.loads((folder / "edge.json").read_text(encoding="utf-8"))
    planned = {entry["path"]: entry["sha256"] for entry in edge["files"]}
    files = tuple(
        MigrationFile(folder.name, path.name, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("[0-9][0-9]_*.sql"))
    )
    for file in files:
        if planned.get(file.name) != file.checksum:
            raise MigrationError(
                f"{folder.name}/{file.name} was edited after it was planned: restore it, and write a new migration instead"
            )
    return Migration(folder.name, edge["from"], edge["to"], files)
