"""The commands: run, and what can be done about deliveries that were given up."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence

from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.config import ConfigurationError, Settings, load_settings
from services.engine.problems import Problem
from services.relay.declared import DECLARED
from services.relay.engine import metrics
from services.relay.engine.router import as_service
from services.relay.engine.running import Relay
from services.relay.engine.settings import RelaySettings, relay_settings

NOT_CONFIGURED = 78  # EX_CONFIG of sysexits.h
_LIST = """
    select d.event_id, o.event, d.subscription, d.line, d.attempts, d.dead_at, d.error
    from app.webhook_delivery d join app.outbox o on o.id = d.event_id
    where d.dead_at is not null and ($1::bigint is null or d.event_id = $1) and ($2::uuid is null or d.subscription = $2)
    order by d.event_id limit 1000
"""
_REPLAY = """
    update app.webhook_delivery d set dead_at = null, attempts = 0, due_at = now(), error = null
    where d.dead_at is not null and ($1::bigint is null or d.event_id = $1) and ($2::uuid is null or d.subscription = $2)
"""
_DISCARD = """
    delete from app.webhook_delivery d
    where d.dead_at is not null and ($1::bigint is null or d.event_id = $1) and ($2::uuid is null or d.subscription = $2)
"""

_STREAM_LIST = """
    select id, event, key::text, publish_attempts, published_at, publish_error from app.outbox
    where publish_error is not null and published_at is not null and ($1::bigint is null or id = $1) order by id limit 1000
"""
_INBOX_LIST = """
    select source, message, event, at, error from app.inbox where error is not null order by at limit 1000
"""
_STREAM_REPLAY = """
    update app.outbox set published_at = null, publish_attempts = 0, publish_at = now(), publish_error = null
    where publish_error is not null and published_at is not null and ($1::bigint is null or id = $1)
"""
_STREAM_DISCARD = """
    update app.outbox set publish_error = null
    where publish_error is not null and published_at is not null and ($1::bigint is null or id = $1)
"""


def main(configure_logs: Callable[[str], None], arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code. `configure_logs` takes the level."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        relay = relay_settings(settings, DECLARED)
    except ConfigurationError as error:
        print(error, file=sys.stderr, flush=True)
        return NOT_CONFIGURED
    configure_logs(settings.log.level)
    try:
        return asyncio.run(_run(chosen, settings, relay))
    except Problem as problem:
        print(problem.detail, file=sys.stderr, flush=True)
        return 4


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.relay", description="Deliver events.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="deliver until asked to end (the default)")
    commands.add_parser("status", help="print what waits and what was given up")
    for name, help_ in (
        ("dead", "list deliveries that were given up"),
        ("replay", "deliver again what was given up, in order"),
        ("discard", "delete deliveries that were given up"),
    ):
        command = commands.add_parser(name, help=help_)
        command.add_argument("--event", type=int, help="only this event, by its number in the outbox")
        command.add_argument("--subscription", help="only this subscription, by its key")
    return parser


async def _run(chosen: argparse.Namespace, settings: Settings, relay: RelaySettings) -> int:
    if chosen.command in (None, "run"):
        await Relay(settings, relay, DECLARED).run()
        return 0
    database = Database(settings.database)
    try:
        print(await database.retried(_commands(chosen)[chosen.command]))
    finally:
        await database.close(1.0)
    return 0


def _commands(chosen: argparse.Namespace) -> dict[str, Callable[[Connection], Awaitable[str]]]:
    asked = (getattr(chosen, "event", None), getattr(chosen, "subscription", None))

    async def status(connection: Connection) -> str:
        found = await metrics.look(connection, DECLARED)
        return "\n".join(f"{name} {value:g}" for name, value in found.items())

    async def dead(connection: Connection) -> str:
        await as_service(connection)
        rows = [
            row
            for sql, given in _both(_LIST, _STREAM_LIST, *asked)
            for row in await connection.fetch(sql, *given)
        ]
        if DECLARED.sources and asked == (None, None):
            rows += await connection.fetch(_INBOX_LIST)
        return "\n".join("  ".join(str(value) for value in row.values()) for row in rows) or "none"

    async def replay(connection: Connection) -> str:
        return f"{await _done(connection, _REPLAY, _STREAM_REPLAY, *asked)} to be delivered again"

    async def discard(connection: Connection) -> str:
        return f"{await _done(connection, _DISCARD, _STREAM_DISCARD, *asked)} deleted"

    return {"status": status, "dead": dead, "replay": replay, "discard": discard}


async def _done(
    connection: Connection, webhooks: str, stream: str, event: int | None, subscription: str | None
) -> int:
    await as_service(connection)
    found = [
        await connection.execute(sql, *given) for sql, given in _both(webhooks, stream, event, subscription)
    ]
    return sum(_count(done) for done in found)


def _both(
    webhooks: str, stream: str, event: int | None, subscription: str | None
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the statements about what was given up, with their arguments: of webhooks, and of the stream where no subscription is chosen."""
    if DECLARED.webhooks:
        yield webhooks, (event, subscription)
    if DECLARED.stream is not None and subscription is None:
        yield stream, (event,)


def _count(done: str) -> int:
    return int(done.rpartition(" ")[2])
