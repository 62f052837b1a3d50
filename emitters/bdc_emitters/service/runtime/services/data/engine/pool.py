"""A pool of connections that adds no round trip: sessions carry no state, so nothing is reset between uses.

Identity is bound in each statement for its own transaction only; that is what makes this safe. A connection that was left in
the middle of something (a cancelled or broken request) is not repaired but replaced.
"""

import asyncio
import logging
import random
import time
from collections import deque
from contextlib import suppress
from typing import NamedTuple, TypeAlias

import asyncpg

from services.data.engine import pooled
from services.data.engine.session import Session
from services.data.engine.times import WAITS
from services.engine.config import DatabaseSettings
from services.engine.problems import unavailable

log = logging.getLogger("services.data.pool")

Connection: TypeAlias = Session
LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Waiter(NamedTuple):
    """A request that waits for a connection, until a time of the event loop. It gets none where it may make one itself."""

    future: "asyncio.Future[Connection | None]"
    until: float


class Pool:
    """At most `pool_size` connections, made when first needed; last used first. Waiting is bounded in number and time."""

    connection_class: type[Connection] = Session

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._idle: list[Connection] = []
        self._open = 0
        self._waiting: deque[Waiter] = deque()
        self._alarm: asyncio.TimerHandle | None = None
        self._failed_at = float("-inf")
        self._pause = 0.0
        self._closing = False
        self.lost_at = float("-inf")
        # Behind a pooler, until it has been looked at: statements without names are right with every one.
        self.named = not settings.pooler
        self.local = ""
        self.examined = False

    @property
    def in_use(self) -> int:
        """Return how many connections are running something."""
        return self._open - len(self._idle)

    @property
    def idle(self) -> int:
        """Return how many connections are free."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """Return how many requests wait for a connection."""
        return len(self._waiting)

    def take(self) -> "Connection | None":
        """Return a connection that is free at this moment, None where there is none."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open -= 1
        return None

    async def acquire(self) -> Connection:
        """Return a connection. Raises `unavailable` when none is free in time, or the database cannot be reached."""
        free = self.take()
        if free is not None:
            return free
        if self._closing:
            raise unavailable("The service is shutting down.")
        if self._open < self._settings.pool_size:
            return await self._connect()
        return await self._wait()

    def release(self, connection: Connection) -> None:
        """Give a connection back after a complete answer."""
        if connection.is_closed():
            self.discard(connection)
            return
        while self._waiting:
            waiter = self._waiting.popleft().future
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._idle.append(connection)

    def discard(self, connection: Connection) -> None:
        """Drop a connection whose state is not known, and let a waiting request make a new one."""
        if not connection.is_closed():
            connection.terminate()
        self._free()

    def lose(self, connection: Connection) -> None:
        """Drop a connection that the database has ended."""
        self.lost_at = time.monotonic()
        self.discard(connection)

    def _free(self) -> None:
        """Account for one connection less; whoever waits first may make another."""
        self._open -= 1
        while self._waiting:
            waiter = self._waiting.popleft().future
            if not waiter.done():
                self._open += 1
                waiter.set_result(None)
                return

    async def _wait(self) -> Connection:
        if len(self._waiting) >= self._settings.waiting:
            raise unavailable("Too many requests are waiting for the database.")
        loop = asyncio.get_running_loop()
        began = loop.time()
        waiter = Waiter(loop.create_future(), began + self._settings.acquire_timeout)
        self._waiting.append(waiter)
        if self._alarm is None:
            self._alarm = loop.call_at(waiter.until, self._expire, loop)
        try:
            connection = await waiter.future
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise
        finally:
            WAITS.add(loop.time() - began)
        return connection if connection is not None else await self._connect(reserved=True)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        """Refuse those that have waited too long. They wait in the order in which their time ends, so one alarm serves all."""
        self._alarm = None
        now = loop.time()
        while self._waiting and (self._waiting[0].future.done() or self._waiting[0].until <= now):
            waiter = self._waiting.popleft().future
            if not waiter.done():
                waiter.set_exception(unavailable("No connection to the database became free in time."))
        if self._waiting:
            self._alarm = loop.call_at(self._waiting[0].until, self._expire, loop)

    def _withdraw(self, waiter: "Waiter") -> None:
        """Give back what was handed over at the very moment the waiting was cancelled."""
        future = waiter.future
        if not future.done() or future.cancelled():
            with suppress(ValueError):
                self._waiting.remove(waiter)
        elif future.exception() is None:
            connection = future.result()
            self._free() if connection is None else self.release(connection)

    async def _connect(self, reserved: bool = False) -> Connection:
        if not reserved:
            self._open += 1
        try:
            if time.monotonic() - self._failed_at < self._pause:
                raise unavailable("The database cannot be reached.")
            return await self._connected()
        except BaseException:
            self._free()
            raise

    async def _connected(self) -> Connection:
        settings = self._settings
        try:
            connection = await asyncpg.connect(
                settings.url,
                password=settings.password or None,
                timeout=settings.connect_timeout,
                statement_cache_size=settings.prepared if self.named else 0,
                max_cached_statement_lifetime=0,
                max_cacheable_statement_size=1_000_000,
                server_settings=_session(settings),
                connection_class=self.connection_class,
            )
            connection.keeps = settings.prepared if self.named else 0
            return connection
        except (*LOST, asyncpg.PostgresError, TimeoutError) as error:
            self._failed_at = self.lost_at = time.monotonic()
            # After a failover every replica comes back: not all of them at the same moment.
            self._pause = random.uniform(0.25, 0.75)  # nosec B311
            log.error("the database cannot be reached: %s", error)
            raise unavailable("The database cannot be reached.") from None

    async def connect_beside(self) -> Connection:
        """Return a connection that the pool does not count, and that its user closes. Raises `unavailable`."""
        return await self._connected()

    async def examine(self) -> None:
        """Behind a pooler: find out, once, whether named statements survive and which settings hold. Raises `unavailable`."""
        if not self._settings.pooler or self.examined:
            return
        try:
            found = await pooled.examine(self._settings)
        except (*LOST, asyncpg.PostgresError, TimeoutError) as error:
            self.lost_at = time.monotonic()
            log.error("the database cannot be reached: %s", error)
            raise unavailable("The database cannot be reached.") from None
        self.named, self.local, self.examined = found.named, found.local, True

    async def close(self, within: float) -> None:
        """Let running statements end, for at most `within` seconds, then close every connection."""
        self._closing = True
        deadline = time.monotonic() + within
        while self.in_use and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        if self._alarm is not None:
            self._alarm.cancel()
        for connection in self._idle:
            await connection.close(timeout=2)
        self._open -= len(self._idle)
        self._idle.clear()


def _session(settings: DatabaseSettings) -> dict[str, str]:
    """Return what a session is opened with. Behind a pooler it is the role that has these settings."""
    name = {"application_name": "service"}
    if settings.pooler:
        return name
    return name | {
        "statement_timeout": str(int(settings.statement_timeout * 1000)),
        "timezone": "UTC",
        "intervalstyle": "iso_8601",
        # Statements are few and prepared: planning them again for each value costs more than it finds.
        "plan_cache_mode": "force_generic_plan",
    }
