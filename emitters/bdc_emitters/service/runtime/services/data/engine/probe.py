"""A connection beside the pool, for questions about the service itself: a busy pool must not look like a database that is gone."""

import asyncio
from typing import Any

import asyncpg

from services.data.engine.pool import LOST, Connection, Pool
from services.engine.problems import unavailable

SECONDS = 2.0


class Probe:
    """One connection, opened when it is first needed, and again after it was lost."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Return the first column of the first row. Raises `unavailable` when the database does not answer in time."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(SECONDS):
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await self._pool.connect_beside()
                    return await self._connection.fetchval(sql, *arguments)
            except (*LOST, asyncpg.PostgresError, TimeoutError):
                self.close()
                raise unavailable("The database does not answer.") from None

    def close(self) -> None:
        """Drop the connection, whatever it is doing."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
