"""Run the operations of a plan, as the emitted runner does but with nothing around it: no ledger, no retries."""

from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from typing import Any

import asyncpg

from bdc.plan import Operation

Connection = Any
Between = Callable[[Operation], Awaitable[None]]


async def apply_edge(
    connection: Connection, operations: Iterable[Operation], between: Between | None = None, size: int = 1000
) -> None:
    """Run the checks, then every operation; `between` is called after each, inside the transaction that it shares."""
    operations = tuple(operations)
    await run_checks(connection, operations)
    for _, group in groupby(operations, key=lambda each: each.group):
        await _group(connection, tuple(group), between, size)


async def run_checks(connection: Connection, operations: Iterable[Operation]) -> None:
    for operation in operations:
        for check in operation.checks:
            rows = await connection.fetchval(check.sql)
            if rows:
                raise AssertionError(f"{check.code}: {check.message.format(rows=rows)}")


async def undo_edge(connection: Connection, operations: Iterable[Operation]) -> None:
    """Run the way back, last operation first."""
    for operation in reversed(tuple(operations)):
        if operation.undo is None:
            raise AssertionError(f"{operation.id}: {operation.irreversible}")
        for statement in operation.undo:
            await _told(connection, operation, statement)


async def _group(
    connection: Connection, group: tuple[Operation, ...], between: Between | None, size: int
) -> None:
    if group[0].transaction == "shared":
        async with connection.transaction():
            for operation in group:
                await _statements(connection, operation)
                if between is not None:
                    await between(operation)
        return
    for operation in group:
        if operation.transaction == "batches":
            await run_batches(connection, operation, size)
        else:
            await _statements(connection, operation)
        if between is not None:
            await between(operation)


async def _statements(connection: Connection, operation: Operation) -> None:
    for statement in operation.statements:
        await _told(connection, operation, statement)


async def _told(connection: Connection, operation: Operation, statement: str) -> None:
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as failure:
        raise AssertionError(f"{operation.id}: {failure}\n{statement}") from failure


async def run_batches(connection: Connection, operation: Operation, size: int) -> None:
    """Walk the key in steps of `size` rows, then ask for the proof."""
    batch = operation.batch
    assert batch is not None
    pairs = ", ".join(f"{quote(column)} = {value}" for column, value in batch.set.items())
    key = ", ".join(quote(column) for column in batch.key)
    order = ", ".join(f"{quote(column)} desc" for column in batch.key)
    last: tuple[Any, ...] | None = None
    casts = ", ".join(f"${number}::{kind}" for number, kind in enumerate(batch.key_types, 1))
    while True:
        after = f"where ({key}) > ({casts})" if last is not None else ""
        ends = await connection.fetch(
            f"select * from (select {key} from {batch.table} {after} order by {key} limit {size}) as part order by {order} limit 1",
            *(last or ()),
        )
        if not ends:
            break
        end = tuple(ends[0])
        more = len(batch.key) if last is not None else 0
        upto = ", ".join(f"${number + more}::{kind}" for number, kind in enumerate(batch.key_types, 1))
        bound = f"({key}) <= ({upto})" + (f" and ({key}) > ({casts})" if last is not None else "")
        try:
            await connection.execute(
                f"update {batch.table} set {pairs} where {bound} and ({batch.where})", *(last or ()), *end
            )
        except asyncpg.PostgresError as failure:
            raise AssertionError(f"{operation.id}: {failure}\n{pairs} where {batch.where}") from failure
        last = end
    assert await connection.fetchval(batch.proof), f"{operation.id}: rows are left"


def quote(name: str) -> str:
    return name if name == "ctid" else '"' + name.replace('"', '""') + '"'
