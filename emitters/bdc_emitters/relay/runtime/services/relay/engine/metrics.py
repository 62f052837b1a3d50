"""What a relay shows of itself: how old the oldest event is, what waits, what was given up; and whether it is alive."""

import asyncio
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from services.data.engine.pool import Connection
from services.relay.engine.router import as_service
from services.relay.engine.settings import Declared

REGISTRY = CollectorRegistry()
AGE = Gauge("outbox_age_seconds", "Age of the oldest event that is not routed.", registry=REGISTRY)
PENDING = Gauge("outbox_pending", "Events that are not routed.", registry=REGISTRY)
WAITING = Gauge("webhook_deliveries_pending", "Deliveries not sent and not given up.", registry=REGISTRY)
LAG = Gauge(
    "webhook_delivery_age_seconds", "Age of the oldest event that waits for delivery.", registry=REGISTRY
)
DEAD = Gauge("webhook_dead_letters", "Deliveries that were given up.", registry=REGISTRY)
SLOTS = Gauge("relay_slots", "Slots that this relay holds.", registry=REGISTRY)
ATTEMPTS = Counter("webhook_attempts", "Attempts to deliver, by outcome.", ["outcome"], registry=REGISTRY)
DURATION = Histogram("webhook_attempt_duration_seconds", "Duration of an attempt.", registry=REGISTRY)
UNPUBLISHED = Gauge("stream_pending", "Events that are not published.", registry=REGISTRY)
UNREAD = Gauge("inbox_dead_letters", "Messages that came in and could not be read.", registry=REGISTRY)
REFUSED = Gauge("stream_dead_letters", "Events that could not be published.", registry=REGISTRY)
_WEBHOOKS = """
    select
      (select coalesce(extract(epoch from now() - min(at)), 0)::float8 from app.outbox
       where delivered_at is null and event = any($1::text[])) as age,
      (select count(*) from app.outbox where delivered_at is null and event = any($1::text[])) as pending,
      (select count(*) from app.webhook_delivery where sent_at is null and dead_at is null) as waiting,
      (select coalesce(extract(epoch from now() - min(o.at)), 0)::float8 from app.webhook_delivery d
       join app.outbox o on o.id = d.event_id where d.sent_at is null and d.dead_at is null) as lag,
      (select count(*) from app.webhook_delivery where dead_at is not null) as dead
"""
_STREAM = """
    select
      (select coalesce(extract(epoch from now() - min(at)), 0)::float8 from app.outbox where published_at is null) as age,
      (select count(*) from app.outbox where published_at is null) as unpublished,
      (select count(*) from app.outbox where publish_error is not null and published_at is not null) as refused
"""
_INBOX = "select count(*) as unread from app.inbox where error is not null"
_GAUGES = {
    "age": AGE, "pending": PENDING, "waiting": WAITING, "lag": LAG, "dead": DEAD,
    "unpublished": UNPUBLISHED, "refused": REFUSED,
    "unread": UNREAD,
}  # fmt: skip


def observe(seconds: float, error: str | None) -> None:
    """Count an attempt."""
    ATTEMPTS.labels("failed" if error else "sent").inc()
    DURATION.observe(seconds)


async def look(connection: Connection, declared: Declared) -> dict[str, float]:
    """Read the numbers from the database, in the transaction of `connection`, show them and return them. `age` is that of the oldest event
    that is not routed, or not published."""
    await as_service(connection)
    found: dict[str, float] = {}
    if declared.webhooks:
        (row,) = await connection.fetch(_WEBHOOKS, declared.events)
        found |= dict(row)
    if declared.stream is not None:
        (row,) = await connection.fetch(_STREAM)
        found |= dict(row) | {"age": max(found.get("age", 0.0), row["age"])}
    if declared.sources:
        (row,) = await connection.fetch(_INBOX)
        found |= dict(row)
    for name, value in found.items():
        _GAUGES[name].set(value)
    return found


async def serve(host: str, port: int) -> asyncio.Server:
    """Answer `/metrics` and `/healthz` on a port of its own."""
    return await asyncio.start_server(_answer, host, port, limit=8_192)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        async with asyncio.timeout(5):
            head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].split(b"?")[0]
        known = {b"/metrics": generate_latest(REGISTRY), b"/healthz": b"ok\n"}
        status = b"200 OK" if path in known else b"404 Not Found"
        body = known.get(path, b"")
        lines = (b"HTTP/1.1 " + status, b"content-type: text/plain; version=0.0.4; charset=utf-8")
        length = b"content-length: %d" % len(body)
        writer.write(b"\r\n".join((*lines, length, b"connection: close", b"", body)))
        await writer.drain()
    writer.close()
