"""A database that is not up yet: asked again and again, for a bounded time."""

import asyncio
import time

import asyncpg

from database.engine.connection import Report

# What passes by itself: the server starts, stops or fails over, or others hold what an operation needs.
TRANSIENT = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.ReadOnlySQLTransactionError,
)
# What a server says while its first start is not finished: the role or the database is still to be made.
_UNFINISHED = (
    *TRANSIENT,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InterfaceError,
)
_PAUSE, _ATTEMPT_SECONDS, _TELL_EVERY = 1.0, 5.0, 15.0


async def until_ready(url: str, seconds: float, report: Report) -> None:
    """Return when the database takes connections and writes. After `seconds` the last refusal is raised; without any, nothing
    is tried."""
    deadline, told = time.monotonic() + seconds, float("-inf")
    while seconds > 0:
        try:
            await _ask(url)
            return
        except _UNFINISHED as refusal:
            if time.monotonic() >= deadline:
                raise
            if time.monotonic() - told >= _TELL_EVERY:
                report(f"waiting for the database: {refusal or type(refusal).__name__}")
                told = time.monotonic()
        await asyncio.sleep(_PAUSE)


async def _ask(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=_ATTEMPT_SECONDS, statement_cache_size=0)
    try:
        if await connection.fetchval("select pg_is_in_recovery()"):
            raise asyncpg.ReadOnlySQLTransactionError("the server is a replica")
    finally:
        await connection.close()
