"""What was sent or given up is deleted when its time is over, with the events themselves."""

from services.data.engine.pool import Connection
from services.relay.engine.router import as_service
from services.relay.engine.settings import Declared

_WEBHOOKS = """
    delete from app.outbox where id in (
      select o.id from app.outbox o
      where o.delivered_at < now() - make_interval(secs => $1) and o.event = any($2::text[]) and not exists (
        select from app.webhook_delivery d join app.webhook w on w.subscription = d.subscription
        where d.event_id = o.id and d.sent_at is null and d.dead_at is null and w.disabled_at is null
      ) order by o.delivered_at limit $3
    )
"""
_STREAM = """
    delete from app.outbox where id in (
      select o.id from app.outbox o
      where o.published_at < now() - make_interval(secs => $1) and o.event = any($2::text[])
      order by o.published_at limit $3
    )
"""
_BOTH = """
    delete from app.outbox where id in (
      select o.id from app.outbox o
      where o.published_at < now() - make_interval(secs => $1) and o.event = any($2::text[])
        and o.delivered_at < now() - make_interval(secs => $1) and not exists (
          select from app.webhook_delivery d join app.webhook w on w.subscription = d.subscription
          where d.event_id = o.id and d.sent_at is null and d.dead_at is null and w.disabled_at is null
      ) order by o.published_at limit $3
    )
"""
_INBOX = """
    delete from app.inbox where (source, message) in (
      select source, message from app.inbox where source = $2 and at < now() - make_interval(secs => $1) order by at limit $3
    )
"""
AT_ONCE = 1_000


async def forget(connection: Connection, declared: Declared) -> int:
    """Delete events that are old enough wherever they go, with their deliveries; return how many there were at most of one kind."""
    await as_service(connection)
    found = [
        await connection.execute(sql, keep, list(events), AT_ONCE)
        for sql, keep, events in _chosen(declared)
        if events
    ]
    found += [await connection.execute(_INBOX, each.keep, each.name, AT_ONCE) for each in declared.sources]
    return max((int(done.rpartition(" ")[2]) for done in found), default=0)


def _chosen(declared: Declared) -> list[tuple[str, float, set[str]]]:
    sent = set(declared.events) if declared.webhooks else set()
    stream = declared.stream
    if stream is None and not declared.webhooks:
        return []
    if stream is None:
        return [(_WEBHOOKS, declared.keep, sent)]
    published = set(stream.events)
    return [
        (_WEBHOOKS, declared.keep, sent - published),
        (_STREAM, stream.keep, published - sent),
        (_BOTH, max(declared.keep, stream.keep), sent & published),
    ]
