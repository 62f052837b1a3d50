"""The database as the service sees it: one statement, or one transaction, with the refusals of PostgreSQL as problems."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

import asyncpg

from services.data.engine.pool import LOST, Connection, Pool
from services.data.engine.pooled import LOST_STATEMENT
from services.data.engine.probe import Probe
from services.data.engine.sqlstate import problem_of, retried, spent
from services.data.engine.times import STATEMENTS
from services.engine.config import DatabaseSettings
from services.engine.problems import Problem, unavailable
from services.engine.telemetry.tracing import CURRENT

Result = TypeVar("Result")
log = logging.getLogger("services.data.database")

ATTEMPTS = 4
FIRST_PAUSE = 0.01


class Source(Protocol):
    """What answers reads: the database, or a replica of it."""

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """Return the first row of one statement. Raises `Problem` only."""

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Return the first column of the first row; None when there is no row. Raises `Problem` only."""


class Replicas(Protocol):
    """The replicas that some reads may go to (`services.data.engine.replica`, where the specification asks for them)."""

    async def open(self) -> None:
        """Begin to watch them."""

    async def close(self, within: float) -> None:
        """Wait for running statements and close the connections."""

    def source(self, identity: tuple[str, ...], headers: Mapping[bytes, bytes]) -> Source:
        """Return what answers the reads of one request: a replica that has the caller's own writes, else the primary."""

    async def written(self, identity: tuple[str, ...]) -> tuple[bytes, bytes]:
        """Return the header that tells a caller how far the database is after its write."""


class Database:
    """Runs statements. Serialization failures and deadlocks are tried again; nothing is answered before the commit."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.settings = settings
        self.pool = Pool(settings)
        self.probe = Probe(self.pool)

    async def open(self) -> None:
        """Connect once, so that a wrong address shows in the log at start; failing is not fatal."""
        try:
            await self.pool.examine()
            self.pool.release(await self.pool.acquire())
        except Problem:
            return

    async def close(self, within: float) -> None:
        """Wait for running statements and close the connections."""
        self.probe.close()
        await self.pool.close(within)

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """Return the first row of one statement, in its own transaction. Raises `Problem` only."""
        attempt = 1
        while True:
            connection = self.pool.take() or await self.pool.acquire()
            started, failed = time.perf_counter(), "lost"
            try:
                if self.pool.local:
                    row = await self._row(connection, sql, *arguments)
                else:
                    row = await connection.row(sql, arguments)
                failed = ""
            except asyncpg.PostgresError as error:
                failed = error.sqlstate or failed
                self._after_error(connection, error)
                if not (retried(error) or self._lost_name(error)) or attempt == ATTEMPTS:
                    raise problem_of(error) from error
            except LOST as error:
                self.pool.lose(connection)
                raise unavailable("The connection to the database was lost.") from error
            except BaseException:
                self.pool.discard(connection)
                raise
            else:
                self.pool.release(connection)
                return row
            finally:
                count(sql, time.perf_counter() - started, failed)
            await pause(attempt)
            attempt += 1

    async def _row(self, connection: Connection, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """Run one statement in a transaction that makes its own settings: the session cannot be relied on for them."""
        async with connection.transaction():
            await connection.execute(self.pool.local)
            return await connection.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Return the first column of the first row; None when there is no row. Raises `Problem` only."""
        row = await self.fetchrow(sql, *arguments)
        return None if row is None else row[0]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open a transaction; it commits when the block ends and rolls back when it raises. Raises `Problem`."""
        connection = await self.pool.acquire()
        started, failed = time.perf_counter(), "rolled back"
        try:
            transaction = connection.transaction()
            await transaction.start()
            try:
                if self.pool.local:
                    await connection.execute(self.pool.local)
                yield connection
            except BaseException:
                await _rolled_back(transaction, connection)
                raise
            await transaction.commit()
        except asyncpg.PostgresError as error:
            self._after_error(connection, error)
            raise problem_of(error) from error
        except LOST as error:
            self.pool.lose(connection)
            raise unavailable("The connection to the database was lost.") from error
        except Exception:
            self.pool.release(connection)
            raise
        except BaseException:
            self.pool.discard(connection)
            raise
        else:
            failed = ""
            self.pool.release(connection)
        finally:
            count("TRANSACTION of an operation", time.perf_counter() - started, failed)

    async def retried(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run `work` in a transaction, again from the start when the database asks for it."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.transaction() as connection:
                    return await work(connection)
            except Problem as problem:
                cause = problem.__cause__
                again = retried(cause) or (isinstance(cause, LOST_STATEMENT) and self.settings.pooler)
                if not again or attempt == ATTEMPTS:
                    raise
            await pause(attempt)
        raise unavailable("The database is too busy.")

    def _lost_name(self, error: asyncpg.PostgresError) -> bool:
        return self.settings.pooler and isinstance(error, LOST_STATEMENT)

    def _after_error(self, connection: Connection, error: asyncpg.PostgresError) -> None:
        """An error answer leaves the connection usable, unless it says that the session is spent."""
        if self._lost_name(error):
            if self.pool.named:
                log.warning("the pooler lost a named statement: statements have no names from now on")
            self.pool.named = False
            self.pool.lose(connection)
        elif spent(error) or connection.is_closed():
            self.pool.lose(connection)
        else:
            self.pool.release(connection)


def count(sql: str, seconds: float, failed: str) -> None:
    """Count a statement, and add it to the trace of its request, if that has one."""
    STATEMENTS.add(seconds)
    span = CURRENT.get()
    if span is not None:
        span.statement(sql, seconds, failed)


async def _rolled_back(transaction: Any, connection: Connection) -> None:
    if connection.is_closed():
        return
    try:
        await transaction.rollback()
    except (*LOST, asyncpg.PostgresError):
        connection.terminate()


async def pause(attempt: int) -> None:
    """Wait before another attempt: longer each time, and never in step with others."""
    await asyncio.sleep(random.uniform(0.5, 1.5) * FIRST_PAUSE * 2 ** (attempt - 1))  # nosec B311
