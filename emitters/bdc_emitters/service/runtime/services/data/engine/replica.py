"""Reads that replicas of the database answer, where operations ask for it (`@reads(replica)`).

A read goes to a replica that has replayed everything the primary had `replica_lag` seconds ago, and everything that its own caller has
written: a caller tells by the header of its last answer, and this process remembers it as well. Whatever a replica cannot answer
(it is away, too far behind, busy, or refuses) the primary answers. Row level security is part of the catalog, and so the same there.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import asyncpg
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from services.data.engine.database import Database, Source, count
from services.data.engine.pool import LOST
from services.data.engine.probe import Probe
from services.data.engine.sqlstate import problem_of, spent
from services.data.engine.standby import FLUSHED, NOWHERE, REPLAYED, Mark, Standby, StandbyPool, mark_of
from services.engine.config import DatabaseSettings
from services.engine.problems import Problem

log = logging.getLogger("services.data.replica")

HEADER = b"last-write"
EVERY_SECONDS = 1.0
CLOCKS = 2.0  # how far clocks of two processes may differ
ANYONE: tuple[str, ...] = ()  # the writes of callers that are not known count for all of them
REASONS = ("away", "lag", "own-write", "busy", "refused")
_GONE = (*LOST, TimeoutError)


class Elsewhere(Exception):
    """The primary has to answer; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Counted(Collector):
    """What is counted of one process."""

    def __init__(self) -> None:
        self.reads = 0
        self.fallbacks: Counter[str] = Counter()
        self.lag = 0.0
        self.present = False

    def register(self, registry: CollectorRegistry) -> None:
        """Add it to what is scraped."""
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """Yield all of it as it is now. Without a replica in the settings nothing is there to see."""
        fallbacks = CounterMetricFamily(
            "db_replica_fallbacks",
            "Reads that the primary answered instead of a replica.",
            labels=("reason",),
        )
        for reason in REASONS:
            fallbacks.add_metric((reason,), self.fallbacks[reason])
        yield CounterMetricFamily("db_replica_reads", "Reads that a replica answered.", value=self.reads)
        yield fallbacks
        yield GaugeMetricFamily("db_replica_present", "Whether a replica answers.", value=int(self.present))
        yield GaugeMetricFamily(
            "db_replica_lag_seconds", "How old the newest row is that a replica surely has.", value=self.lag
        )


COUNTED = Counted()


class Replica:
    """The replicas of one process. It asks the primary every second how far it is, and a replica how far that has come."""

    def __init__(self, settings: DatabaseSettings, primary: Database) -> None:
        self._settings = settings
        self._primary = primary
        own = replace(
            settings,
            url=settings.replica_url,
            pooler=False,
            pool_size=settings.replica_pool_size,
            acquire_timeout=settings.replica_wait or 0.01,
            connect_timeout=min(settings.connect_timeout, 2.0),
        )
        self._pool = StandbyPool(own)
        self._probe = Probe(self._pool)
        self._busy: set[Standby] = set()
        self._marks: deque[Mark] = deque()
        self._own: dict[tuple[str, ...], Mark] = {}
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to watch."""
        await self.look()
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def close(self, within: float) -> None:
        """Stop watching, let running statements end, and close the connections."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        self._probe.close()
        await self._pool.close(within)

    def source(self, identity: tuple[str, ...], headers: Mapping[bytes, bytes]) -> Source:
        """Return what answers the reads of one request."""
        known = (self._own.get(identity), self._own.get(ANYONE), mark_of(headers.get(HEADER)))
        return _Reader(self, tuple(mark for mark in known if mark is not None))

    async def written(self, identity: tuple[str, ...]) -> tuple[bytes, bytes]:
        """Note that `identity` has written, and return the header that tells how far the database is now."""
        try:
            position = int(await self._primary.fetchval(FLUSHED))
        except Problem:
            position = NOWHERE  # nobody knows: its reads are for the primary
        mark = self._own[identity] = Mark(position, time.time())
        return HEADER, mark.text()

    async def read(
        self, marks: tuple[Mark, ...], sql: str, arguments: tuple[Any, ...]
    ) -> asyncpg.Record | None:
        """Return the first row of a statement, from a replica that has `marks`, else from the primary. Raises `Problem` only."""
        try:
            found = await self._read(marks, sql, arguments)
        except Elsewhere as elsewhere:
            COUNTED.fallbacks[elsewhere.reason] += 1
            return await self._primary.fetchrow(sql, *arguments)
        COUNTED.reads += 1
        return found

    async def _read(
        self, marks: tuple[Mark, ...], sql: str, arguments: tuple[Any, ...]
    ) -> asyncpg.Record | None:
        floor = self._floor()
        if floor is None or not COUNTED.present:
            raise Elsewhere("away")
        # A write that is older than the floor is below it, by any clock.
        own = max((mark.position for mark in marks if mark.at + CLOCKS > floor.at), default=0)
        connection = await self._acquired()
        started, failed = time.perf_counter(), "lost"
        try:
            async with asyncio.timeout(self._settings.statement_timeout + 1):
                await self._caught_up(connection, floor.position, own)
                row = await connection.row(sql, arguments)
                failed = ""
        except Elsewhere:
            self._pool.release(connection)
            failed = "elsewhere"
            raise
        except asyncpg.PostgresError as error:
            failed = error.sqlstate or failed
            self._pool.lose(connection) if spent(error) else self._pool.release(connection)
            if isinstance(error, asyncpg.QueryCanceledError):
                raise problem_of(error) from error  # it takes as long on the primary
            log.info("a replica refused a read: %s", error)
            raise Elsewhere("refused") from error
        except _GONE as error:
            self._pool.lose(connection)
            raise Elsewhere("away") from error
        except BaseException:
            self._pool.discard(connection)
            raise
        finally:
            self._busy.discard(connection)
            count(sql, time.perf_counter() - started, failed)
        self._pool.release(connection)
        return row

    async def _acquired(self) -> Standby:
        try:
            connection = await self._pool.acquire()
        except Problem:
            raise Elsewhere("busy" if COUNTED.present else "away") from None
        except (asyncpg.PostgresError, *_GONE):
            raise Elsewhere("away") from None
        assert isinstance(connection, Standby)  # nosec B101
        self._busy.add(connection)
        return connection

    async def _caught_up(self, connection: Standby, floor: int, own: int) -> None:
        """A server that is behind all others is not waited for; one that lacks what the caller has just written is."""
        now = time.monotonic()
        if own == NOWHERE:
            raise Elsewhere("own-write")
        if not await connection.reaches(floor, now):
            raise Elsewhere("lag")
        if not await connection.reaches(own, now + self._settings.replica_wait):
            raise Elsewhere("own-write")

    def _floor(self) -> Mark | None:
        """Return how far the primary was when a replica may last have stopped: the newest mark that is old enough, else the oldest."""
        if not self._marks:
            return None
        oldest = time.time() - self._settings.replica_lag
        while len(self._marks) > 1 and self._marks[1].at <= oldest:
            self._marks.popleft()
        return self._marks[0]

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Note how far the primary is, and whether a replica answers and how far that has come."""
        await asyncio.gather(self._look_at_primary(), self._look_at_replica())
        floor = self._floor()
        if floor is not None:
            self._own = {who: mark for who, mark in self._own.items() if mark.at + CLOCKS > floor.at}

    async def _look_at_primary(self) -> None:
        at = time.time()
        with suppress(Problem):
            self._marks.append(Mark(int(await self._primary.probe.fetchval(FLUSHED)), at))

    async def _look_at_replica(self) -> None:
        try:
            found = await self._probe.fetchval(REPLAYED)
        except (Problem, asyncpg.PostgresError, *_GONE):
            found = None
        present, before = found is not None, COUNTED.present
        COUNTED.present = present
        if present:
            newest = next((mark.at for mark in reversed(self._marks) if mark.position <= found), None)
            behind = time.time() - newest if newest is not None else self._settings.replica_lag
            COUNTED.lag = 0.0 if self._marks and self._marks[-1].position <= found else behind
            return
        for connection in tuple(self._busy):
            connection.terminate()  # what waits for it is answered by the primary
        if before:
            log.warning("no replica answers: the primary answers all reads")


class _Reader:
    """What answers the reads of one request, whose caller has written up to `marks`."""

    __slots__ = ("_marks", "_replica")

    def __init__(self, replica: Replica, marks: tuple[Mark, ...]) -> None:
        self._replica = replica
        self._marks = marks

    async def fetchrow(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """Return the first row of one statement. Raises `Problem` only."""
        return await self._replica.read(self._marks, sql, arguments)

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Return the first column of the first row; None when there is no row. Raises `Problem` only."""
        row = await self.fetchrow(sql, *arguments)
        return None if row is None else row[0]
