"""Deliveries: the oldest of each row and subscription is sent, and tried again until it is sent or given up.

Later events of a row wait for the earlier ones, so that a subscriber gets them in order; what cannot be delivered is given up after the declared
number of attempts (a dead letter), and the next one goes on. What was sent is noted afterwards: a relay that is killed in between sends it again.
"""

import asyncio
import logging
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.problems import Problem
from services.relay.engine import metrics
from services.relay.engine.http import Unanswered, post
from services.relay.engine.leases import Leases
from services.relay.engine.messages import Secrets, event_message
from services.relay.engine.router import as_service
from services.relay.engine.settings import Declared, RelaySettings

log = logging.getLogger("services.relay.sender")

GONE = 410
_CLAIM = """
    select d.id, d.event_id, d.subscription, d.slot, d.attempts, w.url, w.tenant, w.secret, w.previous_secret,
      coalesce(w.previous_until > now(), false) as rotating, o.event, o.version, o.at, o.payload::text as payload
    from app.webhook w
    cross join lateral (
      select * from app.webhook_delivery
      where subscription = w.subscription and sent_at is null and dead_at is null and due_at <= now()
        and slot = any($1::smallint[]) and not id = any($2::bigint[])
      order by due_at, event_id limit $3
    ) d
    join app.outbox o on o.id = d.event_id
    where w.verified_at is not null and w.disabled_at is null and not w.subscription = any($4::uuid[])
      and exists (select from app.relay_lease l where l.slot = d.slot and l.holder = $5 and l.until > now())
      and not exists (
        select from app.webhook_delivery e
        where e.subscription = d.subscription and e.line = d.line and e.event_id < d.event_id
          and e.sent_at is null and e.dead_at is null
      )
    order by d.event_id limit $6
"""
_MARK = """
    update app.webhook_delivery d set
      attempts = d.attempts + 1,
      status = m.status,
      error = m.error,
      sent_at = case when m.pause = 0 and m.error is null then now() end,
      dead_at = case when m.pause = 0 and m.error is not null then now() end,
      due_at = now() + make_interval(secs => m.pause)
    from unnest($1::bigint[], $2::int[], $3::text[], $4::float8[]) as m (id, status, error, pause)
    where d.id = m.id and d.sent_at is null
"""
# Later events of the row wait as long as the one that failed, so that no claim has to look at them.
_HOLD = """
    update app.webhook_delivery d set due_at = f.due_at
    from app.webhook_delivery f
    where f.id = any($1::bigint[]) and d.subscription = f.subscription and d.line = f.line and d.event_id > f.event_id
      and d.sent_at is null and d.dead_at is null and f.sent_at is null and f.dead_at is null
"""
_DISABLE = """
    update app.webhook set disabled_at = now() where subscription = any($1::uuid[]) and disabled_at is null
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. `pause`: until the next one, 0 where there is none."""

    number: int
    subscription: Any
    status: int | None
    error: str | None
    pause: float


class Sender:
    """Sends deliveries of the slots that this relay holds."""

    def __init__(
        self,
        database: Database,
        declared: Declared,
        settings: RelaySettings,
        leases: Leases,
        secrets_of: Secrets,
    ) -> None:
        self._database = database
        self._declared = declared
        self._settings = settings
        self._leases = leases
        self._secrets_of = secrets_of
        self._flying: dict[int, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._all = asyncio.Semaphore(settings.concurrency)
        self._each: dict[Any, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(settings.per_subscription)
        )
        self.ending = False
        self.noted = asyncio.Event()
        """Set when outcomes have been noted: later events of their rows may be due."""

    async def send(self) -> int:
        """Begin to send what is due. Returns 0: what is due after it shows when its outcomes have been noted. Raises `Problem`."""
        self.noted.clear()
        room = self._settings.batch - len(self._flying)
        slots = [slot for slot in self._leases.slots if slot > 0]
        if room <= 0 or not slots:
            return 0
        rows = await self._database.retried(lambda connection: self._claim(connection, slots, room))
        for row in rows:
            self._flying[row["id"]] = row["subscription"]
            task = asyncio.create_task(self._deliver(row))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return 0

    async def _claim(self, connection: Connection, slots: list[int], room: int) -> list[Any]:
        await as_service(connection)
        most = self._settings.queued
        full = [each for each, count in Counter(self._flying.values()).items() if count > most // 2]
        holder = self._leases.holder
        return await connection.fetch(_CLAIM, slots, list(self._flying), most, full, holder, room)

    async def _deliver(self, row: Any) -> None:
        """Wait for a turn, and send; not where another relay works on this part by now, or this one is ending."""
        async with self._each[row["subscription"]], self._all:
            if self.ending or row["slot"] not in self._leases.slots:
                self._flying.pop(row["id"], None)
                return
            await self._attempt(row)

    async def _attempt(self, row: Any) -> None:
        began = time.perf_counter()
        status, error = None, None
        try:
            message = event_message(row, self._secrets_of)
            answer = await post(
                row["url"],
                message.headers,
                message.body,
                seconds=self._declared.timeout,
                private=self._settings.private,
            )
            status = answer.status
            if not 200 <= status < 300:
                error = f"status {status}"
        except (Unanswered, Problem) as failure:
            error = str(failure) or type(failure).__name__
        except (
            Exception
        ) as failure:  # whatever it is of this delivery: it counts as an attempt, and others go on
            log.exception("delivery %s could not be made", row["id"])
            error = type(failure).__name__
        metrics.observe(time.perf_counter() - began, error)
        pause = 0.0 if error is None or status == GONE else self._pause(row["attempts"] + 1)
        await self._outcomes.put(Outcome(row["id"], row["subscription"], status, error, pause))

    def _pause(self, attempts: int) -> float:
        """Return how long to wait after so many attempts: longer each time, never in step with others; 0 after the last."""
        if attempts >= self._declared.attempts:
            return 0.0
        longest = min(self._settings.first_retry * 2.0 ** (attempts - 1), self._settings.longest_retry)
        return random.uniform(0.5, 1.0) * longest  # nosec B311

    async def note(self) -> None:
        """Note outcomes as they come, many at a time; run until cancelled."""
        while True:
            outcomes = [await self._outcomes.get()]
            while not self._outcomes.empty():
                outcomes.append(self._outcomes.get_nowait())
            await self._noted(outcomes)
            for _ in outcomes:
                self._outcomes.task_done()

    async def _noted(self, outcomes: list[Outcome]) -> None:
        """Write outcomes down, again until the database takes them: what was sent must not be sent again for an outage."""
        while True:
            try:
                await self._database.retried(lambda connection: self._write(connection, outcomes))
                break
            except Problem as problem:
                log.warning("outcomes could not be noted: %s", problem.detail)
                await asyncio.sleep(random.uniform(0.5, 1.5))  # nosec B311
        for outcome in outcomes:
            self._flying.pop(outcome.number, None)
        self.noted.set()

    async def _write(self, connection: Connection, outcomes: list[Outcome]) -> None:
        await as_service(connection)
        await connection.execute(
            _MARK,
            [each.number for each in outcomes],
            [each.status for each in outcomes],
            [each.error for each in outcomes],
            [each.pause for each in outcomes],
        )
        failed = [each.number for each in outcomes if each.pause]
        if failed:
            await connection.execute(_HOLD, failed)
        gone = [each.subscription for each in outcomes if each.status == GONE]
        if gone:
            await connection.execute(_DISABLE, gone)

    async def drain(self) -> None:
        """Wait for what is being sent, and for its outcomes to be noted; nothing else is begun."""
        self.ending = True
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._outcomes.join()
