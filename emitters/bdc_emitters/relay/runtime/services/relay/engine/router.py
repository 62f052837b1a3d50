"""From an event to its deliveries: which subscriptions get it.

A subscription gets an event that it asked for, of its tenant, about a row that the caller which made the subscription may read now. Row level
security decides: the relay asks as the runtime role, with the claims of that caller. Each event is routed once, in one transaction with its
deliveries; an event of a row that is not there any more reaches no subscription.
"""

import json
import logging
import zlib
from collections import defaultdict
from typing import Any

import asyncpg

from services.about import SERVICE_ROLE
from services.data.engine.pool import Connection
from services.relay.engine.settings import SLOTS, Declared

log = logging.getLogger("services.relay.router")

_PENDING = """
    select o.id, o.event, o.tenant, o.key::text as key, o.at from unnest($2::text[]) as e (name), lateral (
      select id, event, tenant, key, at from app.outbox where event = e.name and delivered_at is null order by id limit $1 for update
    ) as o order by o.id limit $1
"""
_SUBSCRIPTIONS = """
    select subscription, tenant, topics, claims::text as claims, since from app.webhook
    where verified_at is not null and disabled_at is null and (not $1 or tenant = any($2::text[]))
"""
_DELIVER = """
    insert into app.webhook_delivery (event_id, subscription, line, slot)
    select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::smallint[]) on conflict do nothing
"""
_ROUTED = "update app.outbox set delivered_at = now() where id = any($1::bigint[])"
_HELD = "select exists (select from app.relay_lease where slot = 0 and holder = $1 and until > now())"


class Router:
    """Routes events of one system."""

    def __init__(self, declared: Declared, holder: str, batch: int) -> None:
        self._declared = declared
        self._holder = holder
        self._batch = batch

    async def route(self, connection: Connection) -> int:
        """Route the oldest events, in the transaction of `connection`; return how many there were."""
        await as_service(connection)
        if not await connection.fetchval(_HELD, self._holder):
            return 0
        events = await connection.fetch(_PENDING, self._batch, self._declared.events)
        if not events:
            return 0
        tenants = sorted({row["tenant"] for row in events if row["tenant"] is not None})
        subscriptions = await connection.fetch(_SUBSCRIPTIONS, self._declared.tenants, tenants)
        deliveries = [
            (event["id"], each["subscription"], self._line(event))
            for each in subscriptions
            for event in await self._readable(connection, each, self._wanted(each, events))
        ]
        await as_service(connection)
        if deliveries:
            numbers, keys, lines = (list(column) for column in zip(*deliveries, strict=True))
            await connection.execute(_DELIVER, numbers, keys, lines, [slot_of(line) for line in lines])
        await connection.execute(_ROUTED, [row["id"] for row in events])
        return len(events)

    def _line(self, event: Any) -> str:
        return f"{self._declared.subjects[event['event']]}:{event['key']}"

    def _wanted(self, subscription: Any, events: list[Any]) -> list[Any]:
        topics, tenant = subscription["topics"], subscription["tenant"]
        return [
            event
            for event in events
            if (not topics or event["event"] in topics)
            and (not self._declared.tenants or event["tenant"] == tenant)
            and event["at"] >= subscription["since"]
            and event["key"] is not None
        ]

    async def _readable(self, connection: Connection, subscription: Any, events: list[Any]) -> list[Any]:
        """Return the events about rows that the subscription's caller may read. What the database refuses is not readable."""
        if not events:
            return []
        try:
            async with connection.transaction():
                await self._become(connection, json.loads(subscription["claims"]))
                return await self._asked(connection, events)
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] not in ("22", "42"):
                raise
            log.warning("subscription %s may read nothing: %s", subscription["subscription"], error)
            return []

    async def _become(self, connection: Connection, claims: dict[str, str | None]) -> None:
        """Take the place of the caller until the transaction ends: the runtime role, with its claims bound."""
        await connection.execute("set local role none")
        bound = {
            name: value if claims.get(name) is None else str(claims[name])
            for name, value in self._declared.claims.items()
        }
        await connection.fetchval(
            "select count(set_config(name, value, true)) from unnest($1::text[], $2::text[]) as s (name, value)",
            list(bound),
            list(bound.values()),
        )

    async def _asked(self, connection: Connection, events: list[Any]) -> list[Any]:
        by_name: dict[str, list[Any]] = defaultdict(list)
        for event in events:
            by_name[event["event"]].append(event)
        found = []
        for name, group in by_name.items():
            keys = json.dumps([json.loads(event["key"]) for event in group])
            rows = await connection.fetch(self._declared.readable[name], keys)
            found += [group[row["number"] - 1] for row in rows]
        return found


def slot_of(line: str) -> int:
    """Return the part of the deliveries that a row's events are in."""
    return 1 + zlib.crc32(line.encode()) % SLOTS


async def as_service(connection: Connection) -> None:
    """Take the role that may do what the relay does, until the transaction ends."""
    await connection.execute(f'set local role "{SERVICE_ROLE}"')
