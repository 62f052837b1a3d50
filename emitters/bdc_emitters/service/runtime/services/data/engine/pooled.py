"""What holds behind a pooler in transaction mode, where each transaction may run on another session of the server.

Nothing is sent when a connection is opened, so the role has to have the settings; and only a pooler that keeps account of named
statements (PgBouncer from 1.21 on, with `max_prepared_statements`) lets them survive. Both are looked at once, at start.
"""

import asyncio
import logging
from dataclasses import dataclass

import asyncpg

from services.engine.config import DatabaseSettings

log = logging.getLogger("services.data.pooled")

_SETTINGS = "select name, setting from pg_settings where name = any($1::text[])"
_PROBE = "select 1 as named_statement"
_PROBE_SECONDS = 2.0
# The pooler lost the statement, or gave it to a session that has one of this name.
LOST_STATEMENT = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)
_ZONES = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/UCT", "UCT", "Zulu"})


@dataclass(frozen=True, slots=True)
class Findings:
    """`named`: named statements survive. `local`: what each transaction sets for itself, because the role does not; '' where
    the role has everything."""

    named: bool
    local: str


def wanted(settings: DatabaseSettings) -> dict[str, str]:
    """Return the settings that every statement relies on, as PostgreSQL writes them."""
    return {
        "statement_timeout": str(int(settings.statement_timeout * 1000)),
        "TimeZone": "UTC",
        "IntervalStyle": "iso_8601",
    }


async def examine(settings: DatabaseSettings) -> Findings:
    """Look at the pooler with two connections of its own. Raises what connecting raises."""
    first = await _connected(settings)
    try:
        second = await _connected(settings)
        try:
            return Findings(await _keeps_names(first, second), await _missing(second, settings))
        finally:
            await second.close(timeout=2)
    finally:
        await first.close(timeout=2)


async def _connected(settings: DatabaseSettings) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(
        settings.url,
        password=settings.password or None,
        timeout=settings.connect_timeout,
        statement_cache_size=0,
        server_settings={"application_name": "service"},
    )


async def _keeps_names(
    first: "asyncpg.Connection[asyncpg.Record]", second: "asyncpg.Connection[asyncpg.Record]"
) -> bool:
    """Prepare a statement, let another transaction take the session that has it, and run it."""
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            statement = await first.prepare(_PROBE, name="service_probe")
            async with second.transaction():
                await second.execute("select 1")
                await statement.fetchval()
            return bool(await statement.fetchval())
    except (asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as refusal:
        log.info("the pooler does not keep named statements: %s", refusal or "no second session was free")
        return False


async def _missing(connection: "asyncpg.Connection[asyncpg.Record]", settings: DatabaseSettings) -> str:
    """Return what sets, for one transaction, the settings that this role does not have."""
    needed = wanted(settings)
    rows = await connection.fetch(_SETTINGS, list(needed))
    present = {row["name"]: row["setting"] for row in rows}
    missing = {name: value for name, value in needed.items() if not _same(name, present.get(name), value)}
    if not missing:
        return ""
    said = ", ".join(f"{name} = {value}" for name, value in missing.items())
    log.warning("behind the pooler the role does not have %s: every transaction sets it for itself", said)
    return "; ".join(f"set local {name} = '{value}'" for name, value in missing.items())


def _same(name: str, present: str | None, needed: str) -> bool:
    return present == needed or (name == "TimeZone" and present in _ZONES)
