"""Events of a source: each queues its jobs once, in the order of the stream.

A message and its effect are one transaction: the inbox has the id of the message, and the jobs are rows of the queue. What comes again is known and
has no second effect. A message that cannot be read is kept in the inbox with the reason (a dead letter).
"""

import contextlib
import logging
import os
from typing import Any

import asyncpg
import nats
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig

from services.about import SYSTEM
from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.problems import unavailable
from services.relay.engine.reading import Unread, read
from services.relay.engine.router import as_service
from services.relay.engine.settings import SourceDeclared

log = logging.getLogger("services.relay.consumption")

_SECONDS = 5.0
_AT_ONCE = 100
_NEW = (
    "insert into app.inbox (source, message, event) values ($1, $2, $3) on conflict do nothing returning true"
)
_DEAD = """
    insert into app.inbox (source, message, event, error, payload) values ($1, $2, $3, $4, $5::text::jsonb)
    on conflict (source, message) do nothing
"""


class Consumption:
    """Takes the events of one source."""

    def __init__(self, database: Database, declared: SourceDeclared) -> None:
        self._database = database
        self._declared = declared
        self._client: Any = None
        self._reader: Any = None

    async def consume(self) -> int:
        """Take what is there; return how many messages there were. Raises `Problem`, also where NATS does not answer."""
        try:
            messages = await self._messages()
        except (OSError, TimeoutError, NatsError) as error:
            await self.close()
            raise unavailable(f"NATS does not answer: {type(error).__name__}") from None
        for message in messages:
            await self._take(message)
            try:
                await message.ack_sync(timeout=_SECONDS)
            except (OSError, TimeoutError, NatsError) as error:
                await self.close()
                raise unavailable(f"NATS does not answer: {type(error).__name__}") from None
        return len(messages)

    async def _take(self, message: Any) -> None:
        name, event, payload = "", "", "null"
        try:
            name, event, payload = read(message)
            if event in self._declared.consumers:
                await self._database.retried(lambda connection: self._queue(connection, name, event, payload))
        except Unread as error:
            log.warning("a message of %s is not read: %s", self._declared.name, error)
            number = name or f"sequence-{message.metadata.sequence.stream}"
            reason = str(error)
            await self._database.retried(lambda each: self._bury(each, number, event, reason, payload))

    async def _queue(self, connection: Connection, message: str, event: str, payload: str) -> None:
        """Note the message and queue its jobs, in the transaction of `connection`. Raises Unread where the payload has other types."""
        await as_service(connection)
        if not await connection.fetchval(_NEW, self._declared.name, message, event):
            return
        consumer = self._declared.consumers[event]
        try:
            async with connection.transaction():
                if not await connection.fetchval(consumer.check, payload):
                    raise Unread("a member is missing")
                for run in consumer.runs:
                    await connection.fetchval(run, payload)
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] not in ("22", "23"):
                raise
            raise Unread(str(error)[:500]) from None

    async def _bury(
        self, connection: Connection, message: str, event: str, reason: str, payload: str
    ) -> None:
        await as_service(connection)
        await connection.execute(_DEAD, self._declared.name, message, event, reason, payload)

    async def _messages(self) -> list[Any]:
        reader = await self._connected()
        try:
            found: list[Any] = await reader.fetch(_AT_ONCE, timeout=0.5)
        except TimeoutError:
            return []
        return found

    async def _connected(self) -> Any:
        if self._client is not None and self._client.is_connected and self._reader is not None:
            return self._reader
        await self.close()
        servers = os.environ[self._declared.variable].split(",")
        self._client = await nats.connect(
            servers, allow_reconnect=False, connect_timeout=_SECONDS, error_cb=_told, name="relay"
        )
        durable = f"{SYSTEM}_{self._declared.name}"
        config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=60)
        self._reader = await self._client.jetstream().pull_subscribe(
            self._declared.subject or ">", durable=durable, stream=self._declared.stream, config=config
        )
        return self._reader

    async def close(self) -> None:
        """Close the connection, if there is one."""
        client, self._client, self._reader = self._client, None, None
        if client is not None:
            with contextlib.suppress(Exception):
                await client.close()


async def _told(error: Exception) -> None:
    log.warning("NATS: %s", error)
