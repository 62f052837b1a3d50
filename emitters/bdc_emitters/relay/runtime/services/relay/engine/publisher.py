"""Events published to NATS JetStream, in the order of each row: an event waits until the earlier ones of its row were taken or given up.

One relay publishes at a time. A message has the id of its event, so that JetStream drops what is published again within two minutes.
"""

import asyncio
import contextlib
import logging
import os
import random
from typing import Any

import nats
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from nats.js.api import StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.problems import unavailable
from services.relay.engine.messages import event_body
from services.relay.engine.router import as_service
from services.relay.engine.settings import RelaySettings, StreamDeclared

log = logging.getLogger("services.relay.publisher")

_SECONDS = 5.0
_DUE = """
    select o.id as event_id, o.event, o.version, o.at, o.payload::text as payload, o.publish_attempts as attempts
    from app.outbox o
    where o.published_at is null and o.event = any($1::text[]) and o.publish_at <= now() and not exists (
      select from app.outbox e where e.key = o.key and e.id < o.id and e.published_at is null and e.event = any($1::text[])
    ) order by o.id limit $2
"""
_PUBLISHED = """
    update app.outbox o set published_at = now(), publish_attempts = o.publish_attempts + 1, publish_error = null
    where o.id = any($1::bigint[])
"""
_FAILED = """
    update app.outbox o set publish_attempts = o.publish_attempts + 1, publish_error = f.error,
      publish_at = now() + make_interval(secs => f.pause), published_at = case when f.pause = 0 then now() end
    from unnest($1::bigint[], $2::text[], $3::float8[]) as f (id, error, pause) where o.id = f.id
"""


class Publisher:
    """Publishes the events of a stream."""

    def __init__(self, database: Database, declared: StreamDeclared, settings: RelaySettings) -> None:
        self._database = database
        self._declared = declared
        self._settings = settings
        self._client: Any = None

    async def publish(self) -> int:
        """Publish what is due; return how many events were taken. Raises `Problem`, also where NATS does not answer."""
        rows = await self._database.retried(self._due)
        if not rows:
            return 0
        try:
            async with asyncio.timeout(4 * _SECONDS):
                stream = await self._stream()
                answers = await asyncio.gather(*(self._sent(stream, row) for row in rows))
        except (OSError, TimeoutError, NatsError) as error:
            await self.close()
            raise unavailable(f"NATS does not answer: {type(error).__name__}") from None
        failures = {row["event_id"]: reason for row, reason in zip(rows, answers, strict=True) if reason}
        taken = [row["event_id"] for row in rows if row["event_id"] not in failures]
        pauses = [self._pause(row["attempts"] + 1) for row in rows if row["event_id"] in failures]
        await self._database.retried(lambda connection: self._note(connection, taken, failures, pauses))
        return len(taken)

    async def _due(self, connection: Connection) -> list[Any]:
        await as_service(connection)
        return await connection.fetch(_DUE, list(self._declared.events), self._settings.batch)

    async def _sent(self, stream: Any, row: Any) -> str:
        """Publish one event; return why JetStream refuses this one, '' where it took it."""
        message, body = event_body(row)
        subject = f"{self._declared.subject}.{row['event']}"
        try:
            await stream.publish(subject, body, timeout=_SECONDS, headers={"Nats-Msg-Id": message})
        except (MaxPayloadError, BadRequestError) as error:
            return f"{type(error).__name__}: {error}"[:500]
        return ""

    async def _note(
        self, connection: Connection, taken: list[int], failures: dict[int, str], pauses: list[float]
    ) -> None:
        await as_service(connection)
        await connection.execute(_PUBLISHED, taken)
        if failures:
            await connection.execute(_FAILED, list(failures), list(failures.values()), pauses)

    def _pause(self, attempts: int) -> float:
        if attempts >= self._declared.attempts:
            return 0.0
        longest = min(self._settings.first_retry * 2.0 ** (attempts - 1), self._settings.longest_retry)
        return random.uniform(0.5, 1.0) * longest  # nosec B311

    async def _stream(self) -> Any:
        """Return JetStream, with a connection and the stream; it is made where it is missing."""
        if self._client is not None and self._client.is_connected:
            return self._client.jetstream()
        await self.close()
        servers = os.environ[self._declared.variable].split(",")
        self._client = await nats.connect(
            servers, allow_reconnect=False, connect_timeout=_SECONDS, error_cb=_told, name="relay"
        )
        stream = self._client.jetstream()
        try:
            await stream.stream_info(self._declared.name)
        except NotFoundError:
            subjects = [f"{self._declared.subject}.>"]
            await stream.add_stream(StreamConfig(name=self._declared.name, subjects=subjects))
        return stream

    async def close(self) -> None:
        """Close the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                await client.close()


async def _told(error: Exception) -> None:
    log.warning("NATS: %s", error)
