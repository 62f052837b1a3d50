"""Change the rows of a large table range by range of its key, each range a transaction of its own, so short that nobody notices."""

import time
from dataclasses import dataclass, field
from functools import partial

import asyncpg

from database.engine import operation_ledger
from database.engine.edge import Batch, Operation
from database.engine.errors import MigrationError
from database.engine.patience import patiently
from database.engine.progress import Progress
from database.engine.sealing import seal

_TARGET = 0.03  # seconds of one batch: a writer that meets it waits no longer
_FIRST, _LEAST, _MOST = 1_000, 100, 200_000  # rows
_PLACE, _ROWS_OF_PAGE = ("ctid",), 50
_PASSES = 3  # a row that came while we passed is found by the proof and gets another pass


@dataclass(slots=True)
class _Walk:
    """Where a backfill is. `rows`: the size of the next batch, adapted to the time that the last one took."""

    last: tuple[str, ...] | None
    rows: int = _FIRST
    ended: bool = False
    began: float = field(default_factory=time.monotonic)


async def backfill(
    connection: "asyncpg.Connection[asyncpg.Record]",
    migration: str,
    operation: Operation,
    last_key: tuple[str, ...] | None,
    progress: Progress,
    budget: float,
) -> None:
    """Change every row, from behind `last_key` on. MigrationError when the proof fails even so."""
    batch = operation.batch
    assert batch is not None  # nosec B101
    progress.begin(operation.title, await _estimate(connection, batch))
    for _ in range(_PASSES):
        walk = _Walk(last_key)
        while not walk.ended:
            await patiently(partial(_step, connection, migration, operation, batch, walk, progress), budget)
        if await connection.fetchval(batch.proof):
            progress.end()
            return
        last_key = None
        await operation_ledger.advance(connection, migration, operation, None, 0)
    raise MigrationError(
        f"{migration}/{operation.id}: rows of {batch.table} are still not changed after {_PASSES} passes:"
        f" another session changes them again; the proof is {batch.proof}"
    )


async def _step(
    connection: "asyncpg.Connection[asyncpg.Record]",
    migration: str,
    operation: Operation,
    batch: Batch,
    walk: _Walk,
    progress: Progress,
) -> None:
    """One batch and its entry in the ledger, all or nothing. What a crash of the server loses it loses together, so the commit
    need not wait for the disk."""
    begun = time.monotonic()
    async with connection.transaction():
        await connection.execute(
            f"set local lock_timeout = {operation.lock_timeout};"
            f" set local statement_timeout = {operation.statement_timeout};"
            " set local synchronous_commit = off; set local enable_seqscan = off"
        )
        upper = await _upper(connection, batch, walk)
        if batch.seal is not None:
            rows = await seal(connection, batch, _range(batch, walk.last, upper))
        else:
            rows = await _update(connection, batch, walk.last, upper)
        await operation_ledger.advance(connection, migration, operation, upper or walk.last, rows)
    progress.advance(walk.rows if upper else rows)
    walk.last, walk.ended = upper or walk.last, upper is None
    walk.rows = adapted(walk.rows, time.monotonic() - begun)


def adapted(rows: int, seconds: float) -> int:
    """Return the size of the next batch, when one of `rows` rows took `seconds`."""
    wanted = int(rows * _TARGET / max(seconds, 0.001))
    return max(_LEAST, min(wanted, rows * 2, _MOST))


async def _upper(
    connection: "asyncpg.Connection[asyncpg.Record]", batch: Batch, walk: _Walk
) -> tuple[str, ...] | None:
    """Return the last key of the next batch; None when what is left is smaller than one."""
    if batch.key == _PLACE:
        return await _upper_page(connection, batch, walk)
    key = ", ".join(_quoted(name) for name in batch.key)
    # Named otherwise than the columns: ORDER BY takes an output column first, and texts have another order.
    texts = ", ".join(f"{_quoted(name)}::text as bound_{number}" for number, name in enumerate(batch.key))
    behind = f"where {_compared(batch, '>', 1)}" if walk.last else ""
    found = await connection.fetchrow(
        f"select {texts} from {batch.table} {behind} order by {key} offset {walk.rows - 1} limit 1",  # nosec B608
        *(walk.last or ()),
    )
    return tuple(found) if found is not None else None


async def _upper_page(
    connection: "asyncpg.Connection[asyncpg.Record]", batch: Batch, walk: _Walk
) -> tuple[str, ...] | None:
    """A table without a key is walked page by page. A changed row moves behind us or ahead of us, and `where` passes it by."""
    page = int(walk.last[0].strip("()").partition(",")[0]) if walk.last else 0
    following = page + max(1, walk.rows // _ROWS_OF_PAGE)
    size = "select pg_relation_size(to_regclass($1)) / current_setting('block_size')::int"
    pages = await connection.fetchval(size, batch.table)
    return (f"({following},0)",) if following < pages else None


async def _update(
    connection: "asyncpg.Connection[asyncpg.Record]",
    batch: Batch,
    last: tuple[str, ...] | None,
    upper: tuple[str, ...] | None,
) -> int:
    where, arguments = _range(batch, last, upper)
    changes = ", ".join(f"{_quoted(name)} = {sql}" for name, sql in batch.set)
    status = await connection.execute(f"update {batch.table} set {changes}{where}", *arguments)  # nosec B608
    return int(status.rpartition(" ")[2])


def _range(
    batch: Batch, last: tuple[str, ...] | None, upper: tuple[str, ...] | None
) -> tuple[str, tuple[str, ...]]:
    """Return the WHERE of the rows of one batch, with its arguments."""
    conditions = [f"({batch.where})"] if batch.where else []
    arguments: tuple[str, ...] = ()
    for sign, bound in ((">", last), ("<=", upper)):
        if bound is not None:
            conditions.append(_compared(batch, sign, len(arguments) + 1))
            arguments += bound
    return f" where {' and '.join(conditions)}" if conditions else "", arguments


def _compared(batch: Batch, sign: str, first: int) -> str:
    """Compare the key with parameters from number `first` on, as a row, which an index on the key serves."""
    key = ", ".join(_quoted(name) for name in batch.key)
    bounds = ", ".join(f"${first + number}::text::{kind}" for number, kind in enumerate(batch.key_types))
    return f"({key}) {sign} ({bounds})"


def _quoted(name: str) -> str:
    return name if name in _PLACE else '"' + name.replace('"', '""') + '"'


async def _estimate(connection: "asyncpg.Connection[asyncpg.Record]", batch: Batch) -> int | None:
    """Return about how many rows the table has; None when PostgreSQL has not counted them yet."""
    found = await connection.fetchval(
        "select reltuples::bigint from pg_class where oid = to_regclass($1)", batch.table
    )
    return int(found) if found is not None and found >= 0 else None
