"""A step of a plan before it is placed: what an operation is, with what it needs and what it makes instead of a position."""

from collections.abc import Mapping
from dataclasses import field

from bdc.plan.operation import Batch, DataCheck, Hazard, Phase, Scan, Transaction
from bdc.source.records import dataclass

ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
ROW_EXCLUSIVE = "ROW EXCLUSIVE"
ACCESS_SHARE = "ACCESS SHARE"


@dataclass(frozen=True, slots=True)
class Step:
    """`key` is stable and unique; steps run by phase, then `rank`, then as they were made, unless `needs` (things that other steps
    `make`, or that they `end`) says otherwise. `alone`: in a transaction of its own. `reads_rows`: it
    reads the rows of `scans` as a query does; `looks_up`: tables in which it looks for their targets, as a query does. Locks and scans name tables that were there
    before the edge."""

    key: str
    title: str
    phase: Phase
    rank: int
    statements: tuple[str, ...]
    transaction: Transaction = "shared"
    locks: Mapping[str, str] = field(default_factory=dict)
    scans: Mapping[str, Scan] = field(default_factory=dict)
    makes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    alone: bool = False
    reads_rows: bool = False
    looks_up: frozenset[str] = frozenset()
    statement_timeout: int = 10_000
    done: str | None = None
    ready: str | None = None
    cleanup: tuple[str, ...] = ()
    checks: tuple[DataCheck, ...] = ()
    batch: Batch | None = None
    undo: tuple[str, ...] | None = ()
    irreversible: str | None = None
    hazards: tuple[Hazard, ...] = ()
