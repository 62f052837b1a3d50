"""The migrations as files: `migrations/<name>/` with `edge.json`, `01_….sql` and following, `down.sql`.

Two forms. The first (`0001_initial`): each file is one piece of work. Format 2: `edge.json` lists operations, and the files
show them to a reader.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from database.engine.edge import FORMAT, PHASES, Edge, read_edge
from database.engine.errors import MigrationError

# A file that starts with this line runs statement by statement, each on its own (concurrent index builds must); a line
# `-- next` stands between two statements. Every other file is one transaction.
NO_TRANSACTION = "-- transaction: none"
_BETWEEN = "\n-- next\n"


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
    """A step from one state of the schema to the next: either an edge with operations, or `files` of the first form and the file
    that takes them back."""

    name: str
    source: str | None
    target: str
    files: tuple[MigrationFile, ...]
    edge: Edge | None = None
    down: MigrationFile | None = None

    @property
    def entries(self) -> dict[str, str]:
        """What the ledger holds of it when it has been applied whole: file → checksum."""
        if self.edge is not None:
            return dict.fromkeys(PHASES.values(), self.edge.checksum)
        return {file.name: file.checksum for file in self.files}


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """Return the migrations in order. MigrationError when one does not start where the one before it ended, or when a
    file is not the one that was planned."""
    found = tuple(read_migration(edge.parent) for edge in sorted(folder.glob("*/edge.json")))
    for before, migration in pairwise(found):
        if migration.source != before.target:
            raise MigrationError(
                f"{migration.name} does not follow the migration before it, {before.name}: plan it again"
            )
    return found


def not_proven(folder: Path) -> str | None:
    """Return why the migration in `folder` was not run before it was written; None when it was, or nothing is known of that."""
    try:
        proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return None if proof.get("proven") else str(proof.get("reason", "no reason is given"))


def read_migration(folder: Path) -> Migration:
    """Return the migration in a folder. MigrationError when a file is not the one that was planned."""
    edge = json.loads((folder / "edge.json").read_text(encoding="utf-8"))
    if edge.get("format") == FORMAT:
        return Migration(folder.name, edge["from"], edge["to"], (), read_edge(folder, edge))
    return _first_form(folder, edge)


def _first_form(folder: Path, edge: Mapping[str, Any]) -> Migration:
    planned = {entry["path"]: entry["sha256"] for entry in edge["files"]}
    files = tuple(_file(path, planned) for path in sorted(folder.glob("[0-9][0-9]_*.sql")))
    down = folder / "down.sql"
    return Migration(
        folder.name, edge["from"], edge["to"], files, down=_file(down, planned) if down.exists() else None
    )


def _file(path: Path, planned: Mapping[str, str]) -> MigrationFile:
    file = MigrationFile(path.parent.name, path.name, path.read_text(encoding="utf-8"))
    if planned.get(path.name) != file.checksum:
        raise MigrationError(
            f"{file.migration}/{file.name} was edited after it was planned: restore it, and write a new migration instead"
        )
    return file
