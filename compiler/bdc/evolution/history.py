"""The migrations that an output folder holds, as edges between states."""

import json
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bdc.catalog import Database, load
from bdc.ir import SystemIR
from bdc.ir.snapshot import load_snapshot
from bdc.source.compressed import expanded
from bdc.source.records import dataclass

if TYPE_CHECKING:
    from bdc.plan.edge import Edge

FOLDER = "database/migrations"
COMPRESSED = ".gz"

Read = TypeVar("Read")


class HistoryError(Exception):
    """The migrations of an output folder cannot be read, or do not follow one another. The message says where and why."""


@dataclass(frozen=True)
class WrittenMigration:
    """One migration on the disk: `source` and `target` name states (None: an empty database)."""

    folder: Path
    source: str | None
    target: str

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def state(self) -> Database:
        """The database as this migration leaves it. HistoryError when it cannot be read."""
        return _read(_kept(self.folder, "state.json"), load)

    @cached_property
    def system(self) -> SystemIR:
        """The specification that this migration was made from. HistoryError when it cannot be read."""
        return _read(_kept(self.folder, "snapshot.json"), load_snapshot)

    @cached_property
    def edge(self) -> "Edge | None":
        """What it does, operation by operation; None for a migration of whole files. HistoryError when it cannot be read."""
        return _read(self.folder / "edge.json", _operations)


def _operations(text: str) -> "Edge | None":
    from bdc.plan.edge import (  # most builds read no operations: the planner is not loaded for them
        FORMAT,
        read_edge,
    )

    return read_edge(text) if json.loads(text).get("format") == FORMAT else None


def read_history(out: Path) -> tuple[WrittenMigration, ...]:
    """Return the migrations of the output folder `out` in their order; none when there are none. HistoryError when one is
    unreadable or does not start where the one before it ends."""
    found = read_branches(out)
    state: str | None = None
    for migration in found:
        if migration.source != state:
            raise HistoryError(f"{migration.folder} does not start where the migration before it ends")
        state = migration.target
    return found


def read_branches(out: Path) -> tuple[WrittenMigration, ...]:
    """Return the migrations by name, whether or not they follow one another. HistoryError when one is unreadable."""
    return tuple(_edge(path.parent) for path in sorted((out / FOLDER).glob("*/edge.json")))


def _edge(folder: Path) -> WrittenMigration:
    data = _read(folder / "edge.json", json.loads)
    try:
        _refuse_edited(folder, data["files"])
        return WrittenMigration(folder, data["from"], str(data["to"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise HistoryError(f"{folder / 'edge.json'} is no edge: {error!r}") from error


def _refuse_edited(folder: Path, files: object) -> None:
    """`files`: name → SHA-256, as the plan wrote it (a list of entries in the first migration)."""
    planned = (
        files if isinstance(files, dict) else {entry["path"]: entry["sha256"] for entry in _entries(files)}
    )
    for name, digest in planned.items():
        if sha256(_content(folder / name)).hexdigest() != digest:
            raise HistoryError(
                f"{folder / name} was edited after it was planned: restore it, and write a new migration instead"
            )


def _entries(files: object) -> list[dict[str, str]]:
    return files if isinstance(files, list) else []


def _kept(folder: Path, name: str) -> Path:
    """The file of a name, as this release writes it or as releases before it did."""
    packed = folder / f"{name}{COMPRESSED}"
    return packed if packed.exists() else folder / name


def _content(path: Path) -> bytes:
    if path.suffix != COMPRESSED:
        return _read(path, str.encode)
    try:
        return path.read_bytes()
    except OSError as error:
        raise HistoryError(f"cannot read {path}: {error}") from error


def _read(path: Path, read: Callable[[str], Read]) -> Read:
    try:
        packed = path.suffix == COMPRESSED
        return read(expanded(path.read_bytes()) if packed else path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HistoryError(f"cannot read {path}: {error}") from error
