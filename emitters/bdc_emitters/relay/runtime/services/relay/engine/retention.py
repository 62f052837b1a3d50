"""What was sent or given up is deleted when its time is over, with the events themselves."""

from services.data.engine.pool import Connection
from services.relay.engine.router import as_service
from services.relay.engine.settings import Declared

_FORGET = """
    delete from app.outbox where id in (
      select o.id from app.outbox o
      where o.delivered_at < now() - make_interval(secs => $1) and o.event = any($2::text[]) and not exists (
        select from app.webhook_delivery d join app.webhook w on w.subscription = d.subscription
        where d.event_id = o.id and d.sent_at is null and d.dead_at is null and w.disabled_at is null
      ) order by o.delivered_at limit $3
    )
"""
AT_ONCE = 1_000


async def forget(connection: Connection, declared: Declared) -> int:
    """Delete events that are old enough, with their deliveries; return how many events there were."""
    await as_service(connection)
    done = await connection.execute(_FORGET, declared.keep, declared.events, AT_ONCE)
    return int(done.rpartition(" ")[2])
