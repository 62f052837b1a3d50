"""What a backfill will cost, before it runs: rows, WAL, room until the next vacuum, minutes. From what the catalog knows; no row is read.

An update writes the row anew, an entry in each index, and, after each checkpoint, a whole page the first time that it touches it. How many
rows a second that makes is known from earlier backfills of this database; else it is assumed.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from database.engine.edge import Batch
from database.engine.history import Step
from database.engine.ledger import Ledger

_ASSUMED = 10_000.0  # rows per second
_ROW_HEAD, _INDEX_ENTRY = 110, 95  # bytes of WAL beside the row itself
_TABLE = """
with recursive part as (
  select to_regclass($1)::oid as oid
  union all select i.inhrelid from pg_inherits i join part on part.oid = i.inhparent
)
select sum(greatest(c.reltuples, 0))::float8 as rows, sum(pg_relation_size(c.oid))::int8 as heap,
  sum(pg_indexes_size(c.oid))::int8 as indexes, bool_or(c.reltuples < 0 and c.relkind = 'r') as unknown,
  max((select count(*) from pg_index x where x.indrelid = c.oid))::int as count
from part join pg_class c on c.oid = part.oid
"""
_SPEED = """
select sum(rows_done)::float8 / nullif(sum(extract(epoch from finished_at - started_at)), 0)::float8
from app.migration_operation where state = 'finished' and rows_done >= 10000
"""
_HAS_LEDGER = "select to_regclass('app.migration_operation') is not null"


@dataclass(frozen=True, slots=True)
class Estimate:
    """`wal`, `room`: bytes. `speed`: rows per second."""

    rows: int
    wal: int
    room: int
    speed: float
    is_measured: bool

    @property
    def seconds(self) -> float:
        return self.rows / self.speed

    def __str__(self) -> str:
        known = "as measured here" if self.is_measured else "assumed"
        return (
            f"about {self.rows:,} rows, {_size(self.wal)} of WAL, {_size(self.room)} more on disk until vacuum,"
            f" {_time(self.seconds)} at {self.speed:,.0f} rows a second ({known})"
        )


async def estimates(
    connection: "asyncpg.Connection[asyncpg.Record]", steps: Iterable[Step], ledger: Ledger
) -> dict[tuple[str, str], Estimate]:
    """Return (migration, operation) → what its backfill costs, for those that are not finished."""
    found: dict[tuple[str, str], Estimate] = {}
    speed: float | None = None
    for step in steps:
        for operation in step.operations:
            begun = ledger.begun(step.migration.name, operation)
            if operation.batch is None or (begun is not None and begun.state == "finished"):
                continue
            speed = speed if speed is not None else await _speed(connection)
            found[step.migration.name, operation.id] = await _estimate(connection, operation.batch, speed)
    return found


async def _speed(connection: "asyncpg.Connection[asyncpg.Record]") -> float:
    """Return rows per second, 0 where no backfill has been measured."""
    if not await connection.fetchval(_HAS_LEDGER):
        return 0.0
    try:
        return float(await connection.fetchval(_SPEED) or 0.0)
    except asyncpg.InsufficientPrivilegeError:
        return 0.0


async def _estimate(connection: "asyncpg.Connection[asyncpg.Record]", batch: Batch, speed: float) -> Estimate:
    row = await connection.fetchrow(_TABLE, batch.table)
    known = speed > 0
    if row is None or row["rows"] is None:
        return Estimate(0, 0, 0, speed or _ASSUMED, known)
    rows, heap, indexes = int(row["rows"]), row["heap"], row["indexes"]
    if row["unknown"] and heap:
        rows = await _planned(connection, batch.table)
    width = heap // max(rows, 1)
    entries = row["count"] * rows
    wal = rows * (width + _ROW_HEAD) + entries * _INDEX_ENTRY + 2 * heap + indexes
    return Estimate(rows, wal, heap + indexes // 2, speed or _ASSUMED, known)


async def _planned(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> int:
    """Return what the planner takes for the number of rows, where nothing has counted them; it may be asked even so."""
    try:
        plan = await connection.fetchval(f"explain (format json) select from {table}")  # nosec B608
    except asyncpg.InsufficientPrivilegeError:
        return 0
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"])


def total(found: Iterable[Estimate]) -> str:
    """Return all of it in a few words."""
    costs = list(found)
    seconds, wal = sum(cost.seconds for cost in costs), sum(cost.wal for cost in costs)
    return f"backfills of about {_time(seconds)}, {_size(wal)} of WAL"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1024:
            return f"{count:,.0f} {unit}"
        count /= 1024
    return f"{count:,.1f} TB"


def _time(seconds: float) -> str:
    minutes = seconds / 60
    return (
        "less than a minute"
        if minutes < 1
        else f"{minutes:,.0f} minutes"
        if minutes < 600
        else f"{minutes / 60:,.0f} hours"
    )
