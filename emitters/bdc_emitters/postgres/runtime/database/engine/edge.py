"""An edge of format 2: what `edge.json` says is to be done, as frozen data. Nothing here talks to a database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from database.engine.errors import MigrationError

FORMAT = 2
# The phases in their order, with the file that shows each to a reader; the ledger calls a finished phase by its file.
PHASES = {"expand": "01_expand.sql", "backfill": "02_backfill.sql", "contract": "03_contract.sql"}


@dataclass(frozen=True, slots=True)
class DataCheck:
    """`sql` counts the rows that stand in the way, in the tables `reads` (SQL text)."""

    code: str
    object: str
    sql: str
    message: str
    help: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hazard:
    code: str
    object: str
    message: str
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Seal:
    """`column` is encrypted, each value for its `place` (SQL over the row, which is called `sealed`), and, if `by_row`, for the key in
    it."""

    column: str
    place: str
    by_row: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of `table` are changed range by range of `key`; `proof` is true when none is left. `seal`: instead of `set`."""

    table: str
    key: tuple[str, ...]
    key_types: tuple[str, ...]
    set: tuple[tuple[str, str], ...]
    where: str
    proof: str
    seal: Seal | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """`transaction`: shared (with its group), none (each statement by itself) or batches. `done`, `ready`: SQL that gives a
    boolean. `undo` is None when it cannot be taken back, and `irreversible` says why."""

    id: str
    title: str
    phase: str
    group: str
    transaction: str
    statements: tuple[str, ...]
    locks: tuple[tuple[str, str], ...]
    scans: tuple[tuple[str, str], ...]
    lock_timeout: int
    statement_timeout: int
    done: str | None
    ready: str | None
    cleanup: tuple[str, ...]
    checks: tuple[DataCheck, ...]
    batch: Batch | None
    undo: tuple[str, ...] | None
    irreversible: str | None
    hazards: tuple[Hazard, ...]
    checksum: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """What an edge that adopts a database says beside its operations. `bootstrap`, `teardown`: scripts that run before the first and after
    the last of them is taken back. `objects`: kind and name (SQL text) of what gets another owner. `roles`: those of the backend, the
    owner first."""

    bootstrap: str
    teardown: str
    objects: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """`role` and `search_path` hold while its operations run."""

    role: str | None
    search_path: str | None
    checksum: str
    operations: tuple[Operation, ...]
    adoption: Adoption | None = None

    def phase(self, name: str) -> tuple[Operation, ...]:
        """Return the operations of a phase, in running order."""
        return tuple(operation for operation in self.operations if operation.phase == name)


def in_groups(operations: tuple[Operation, ...]) -> tuple[tuple[Operation, ...], ...]:
    """Return what shares a transaction together, everything else alone."""
    found: list[tuple[Operation, ...]] = []
    for (kind, _), members in groupby(operations, key=lambda one: (one.transaction, one.group)):
        together = tuple(members)
        found.extend([together] if kind == "shared" else [(one,) for one in together])
    return tuple(found)


def edge_checksum(raw: Mapping[str, Any]) -> str:
    """Return the digest of all that `edge.json` says."""
    kept = {name: part for name, part in raw.items() if name != "checksum"}
    return _digest(json.dumps(kept, sort_keys=True, ensure_ascii=False))


def operation_checksum(raw: Mapping[str, Any]) -> str:
    """Return the digest of an operation as it runs: who approved its hazards may be written down later."""
    kept = {name: part for name, part in raw.items() if name not in ("checksum", "hazards")}
    return _digest(json.dumps(kept, separators=(",", ":"), ensure_ascii=False))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def read_edge(folder: Path, raw: Mapping[str, Any]) -> Edge:
    """Return the edge. MigrationError when a file or a member is not the one that was planned."""
    for name, planned in raw["files"].items():
        path = folder / name
        if not path.exists() or sha256(path.read_bytes()).hexdigest() != planned:
            raise _edited(f"{folder.name}/{name}")
    for operation in raw["operations"]:
        if operation_checksum(operation) != operation["checksum"]:
            raise _edited(f"{folder.name}/edge.json ({operation['id']})")
    if edge_checksum(raw) != raw["checksum"]:
        raise _edited(f"{folder.name}/edge.json")
    operations = tuple(_operation(one) for one in raw["operations"])
    adoption = _adoption(raw["adoption"]) if raw.get("adoption") else None
    return Edge(raw.get("role"), raw.get("search_path"), raw["checksum"], operations, adoption)


def _adoption(raw: Mapping[str, Any]) -> Adoption:
    objects = tuple((kind, name) for kind, name in raw["objects"])
    return Adoption(raw["bootstrap"], raw["teardown"], objects, tuple(raw["roles"]))


def _edited(what: str) -> MigrationError:
    return MigrationError(
        f"{what} was edited after it was planned: restore it, and write a new migration instead"
    )


def _operation(raw: Mapping[str, Any]) -> Operation:
    undo, batch = raw.get("undo"), raw.get("batch")
    return Operation(
        id=raw["id"],
        title=raw["title"],
        phase=raw["phase"],
        group=str(raw["group"]),
        transaction=raw["transaction"],
        statements=tuple(raw["statements"]),
        locks=tuple(raw.get("locks", {}).items()),
        scans=tuple(raw.get("scans", {}).items()),
        lock_timeout=raw["lock_timeout"],
        statement_timeout=raw["statement_timeout"],
        done=raw.get("done"),
        ready=raw.get("ready"),
        cleanup=tuple(raw.get("cleanup", ())),
        checks=tuple(_check(one) for one in raw.get("checks", ())),
        batch=_batch(batch) if batch else None,
        undo=tuple(undo) if undo is not None else None,
        irreversible=raw.get("irreversible"),
        hazards=tuple(_hazard(one) for one in raw.get("hazards", ())),
        checksum=raw["checksum"],
    )


def _check(raw: Mapping[str, Any]) -> DataCheck:
    reads = tuple(raw.get("reads", ()))
    return DataCheck(raw["code"], raw["object"], raw["sql"], raw["message"], raw["help"], reads)


def _hazard(raw: Mapping[str, Any]) -> Hazard:
    return Hazard(raw["code"], raw["object"], raw["message"], raw.get("approved_by"))


def _batch(raw: Mapping[str, Any]) -> Batch:
    return Batch(
        table=raw["table"],
        key=tuple(raw["key"]),
        key_types=tuple(raw["key_types"]),
        set=tuple(raw["set"].items()),
        where=raw["where"],
        proof=raw["proof"],
        seal=Seal(**raw["seal"]) if raw.get("seal") else None,
    )
