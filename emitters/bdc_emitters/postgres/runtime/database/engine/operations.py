"""Run the operations of an edge: what shares a transaction together, the rest one by one, each so that a run which is killed at any
point can be taken up by the next."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import asyncpg

from database.engine import operation_ledger
from database.engine.batches import backfill
from database.engine.edge import Operation, in_groups
from database.engine.errors import MigrationError
from database.engine.extensions import is_for_login, stays
from database.engine.ledger import Begun, Ledger
from database.engine.patience import patiently
from database.engine.progress import Progress


@dataclass(frozen=True, slots=True)
class Run:
    """What operations are run with. `note` is told about each that is finished; `budget`: seconds to try each."""

    connection: "asyncpg.Connection[asyncpg.Record]"
    note: Callable[[str], None]
    progress: Progress
    budget: float


async def run_operations(run: Run, migration: str, operations: tuple[Operation, ...], ledger: Ledger) -> None:
    """Run those that the ledger does not call finished, in order."""
    for group in in_groups(operations):
        begun = {one.id: ledger.begun(migration, one) for one in group}
        waiting = tuple(one for one in group if not _finished(begun[one.id]))
        for operation in waiting[:1]:
            async with _explained(run, migration, operation):
                await _run(run, migration, waiting, begun[operation.id])
        for operation in waiting:
            run.note(f"applied {migration}/{operation.id}")


# The first statement of an operation that the owner may not do, for it is about what others own: the role that logs in does it.
AS_LOGIN = "set local role none;"
# Strongest first; the last stands for none.
_STRONG = ("ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "")
_IS_TABLE = "select exists (select from pg_class where oid = to_regclass($1) and relkind in ('r', 'p'))"


def _finished(begun: Begun | None) -> bool:
    return begun is not None and begun.state == "finished"


async def _run(run: Run, migration: str, group: tuple[Operation, ...], begun: Begun | None) -> None:
    """`begun`: how far the only member of a group that is no transaction is."""
    match group[0].transaction:
        case "shared":
            await patiently(partial(_together, run, migration, group), run.budget)
        case "batches":
            await _batches(run, migration, group[0], begun)
        case _:
            await _alone(run, migration, group[0], begun is not None)


@asynccontextmanager
async def _explained(run: Run, migration: str, operation: Operation) -> AsyncIterator[None]:
    """A failure is kept in the ledger and names the operation."""
    try:
        yield
    except (asyncpg.PostgresError, MigrationError) as failure:
        if not run.connection.is_closed():
            await operation_ledger.failed(run.connection, migration, operation, str(failure))
        raise MigrationError(
            f"{migration}/{operation.id} ({operation.title}): {failure}\n"
            "earlier operations are kept; run again to resume here"
        ) from failure


async def _together(run: Run, migration: str, group: tuple[Operation, ...]) -> None:
    async with run.connection.transaction():
        await _lock_first(run, group)
        for operation in group:
            await run.connection.execute(limits(operation, "set local"))
            for statement in operation.statements:
                if await stays(run.connection, statement):
                    run.note(f"left to who made it: {statement}")
                else:
                    await execute(run.connection, statement)
            await operation_ledger.finish(run.connection, migration, operation)


async def execute(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> None:
    """Run a statement of a transaction, as the role that logs in where the owner may not."""
    if not await is_for_login(connection, statement):
        await connection.execute(statement)
        return
    owner = await connection.fetchval("select format('set local role %I', current_user)")
    await connection.execute(AS_LOGIN)
    await connection.execute(statement)
    await connection.execute(owner)


async def _lock_first(run: Run, group: tuple[Operation, ...]) -> None:
    """Take the strongest lock of the transaction at once: one that grows would meet a writer who waits for the first, and both would
    stand until PostgreSQL looks for a deadlock, a second later."""
    if group[0].statements[:1] == (AS_LOGIN,):
        await run.connection.execute(AS_LOGIN)
    wanted: dict[str, str] = {}
    for operation in group:
        for table, mode in operation.locks:
            if mode in _STRONG and _STRONG.index(mode) < _STRONG.index(wanted.get(table, _STRONG[-1])):
                wanted[table] = mode
    await run.connection.execute(limits(group[0], "set local"))
    tables = [table for table in sorted(wanted) if await run.connection.fetchval(_IS_TABLE, table)]
    for table in tables:
        # A vacuum may hold the table for long, or until PostgreSQL sends it away, a second later. Who waits for this lock is in
        # nobody's way; who has it meets no vacuum any more.
        await run.connection.execute(f"lock table {table} in share update exclusive mode")
    for table in tables:
        await run.connection.execute(f"lock table {table} in {wanted[table]} mode")


async def _batches(run: Run, migration: str, operation: Operation, begun: Begun | None) -> None:
    if begun is None:
        await operation_ledger.start(run.connection, migration, operation)
    last_key = begun.last_key if begun else None
    await backfill(run.connection, migration, operation, last_key, run.progress, run.budget)
    await operation_ledger.finish(run.connection, migration, operation)


async def _alone(run: Run, migration: str, operation: Operation, begun: bool) -> None:
    """Statements outside of a transaction. When one fails or the run is killed, nobody knows how far it came, so the next try asks
    first whether it is done, and clears away what is half made."""

    async def attempt() -> None:
        nonlocal begun
        if begun and operation.done and await truth(run.connection, operation.done):
            return
        for statement in operation.cleanup if begun else ():
            await run.connection.execute(statement)
        if operation.ready and not await truth(run.connection, operation.ready):
            raise MigrationError(f"neither done nor ready: `{operation.ready}` is false")
        if not begun:
            await operation_ledger.start(run.connection, migration, operation)
            begun = True
        await _statements(run, operation)

    await patiently(attempt, run.budget)
    await operation_ledger.finish(run.connection, migration, operation)


async def _statements(run: Run, operation: Operation) -> None:
    await run.connection.execute(limits(operation, "set"))
    try:
        for statement in operation.statements:
            await run.connection.execute(statement)
    finally:
        if not run.connection.is_closed():
            await run.connection.execute("reset lock_timeout; reset statement_timeout")
    if operation.done and not await truth(run.connection, operation.done):
        raise MigrationError(f"it ran, but `{operation.done}` is false")


def limits(operation: Operation, command: str) -> str:
    """Return the statement that limits how long the operation waits for locks and how long it runs. What runs concurrently waits for
    transactions that are older than it, be they long, and nobody who reads or writes waits behind it: it is not hurried."""
    concurrent = operation.transaction == "none" and any(
        "concurrently" in statement.lower() for statement in operation.statements
    )
    return (
        f"{command} lock_timeout = {0 if concurrent else operation.lock_timeout};"
        f" {command} statement_timeout = {operation.statement_timeout}"
    )


async def truth(connection: "asyncpg.Connection[asyncpg.Record]", sql: str) -> bool:
    """Return what a question comes to; no row and null are no."""
    return bool(await connection.fetchval(sql))
