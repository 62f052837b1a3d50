"""The connection of a run: direct, and alone. An advisory lock belongs to a session, so a transaction pooler would lose it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg

from database.engine.errors import MigrationError

Report = Callable[[str], None]

# Any number that nobody else uses: the name of this program.
_TRY_LOCK = "select pg_try_advisory_lock(hashtextextended('database.migrate', 0))"
_BETWEEN_TRIES = 0.25


@asynccontextmanager
async def connected(url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Give a session. No statement is kept prepared: what it was planned for may be gone a statement later."""
    connection = await _connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def alone(url: str, report: Report) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Give a session that is the only one of its kind until it ends. MigrationError when it is a pooler's."""
    async with connected(url) as connection:
        await _refuse_pooler(connection, url)
        await _lock(connection, report)
        yield connection


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(
        url, server_settings={"application_name": "database.migrate"}, statement_cache_size=0
    )
    # When this run is killed, the server ends what it was doing and lets go of the lock; not every system can tell it.
    with suppress(asyncpg.PostgresError):
        await connection.execute("set client_connection_check_interval = '2s'")
    return connection


async def _lock(connection: "asyncpg.Connection[asyncpg.Record]", report: Report) -> None:
    """Ask again and again rather than wait in the server: a waiting statement holds a snapshot, and the index that the other
    run builds concurrently would wait for it in turn."""
    told = False
    while not await connection.fetchval(_TRY_LOCK):
        if not told:
            report("waiting for another migration to end")
            told = True
        await asyncio.sleep(_BETWEEN_TRIES)


async def _refuse_pooler(connection: "asyncpg.Connection[asyncpg.Record]", url: str) -> None:
    """A pooler gives a session's next transaction to any server process that is free; so another session takes the one we had,
    and we look whether we have it still, while the other one is at work and after."""
    seen = {await _process(connection)}
    other = await _connect(url)
    try:
        async with other.transaction():
            await other.execute("select 1")
            seen.add(await _process(connection))
        seen.add(await _process(connection))
    finally:
        await other.close()
    if len(seen) > 1:
        raise MigrationError(
            "this URL is that of a transaction pooler, which does not keep locks and settings between statements:"
            " give the URL of the server itself"
        )


async def _process(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    async with connection.transaction():
        return int(await connection.fetchval("select pg_backend_pid()"))
