"""The clock of the test's database: `now()` of everything that is migrated into it.

PostgreSQL calls its own now() by its number, whatever is made of it. So the name goes to another function, before anything uses it: this one
reads a row.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from tests.support.backend import Database

_CLOCK = """
create schema bdc_clock;
grant usage on schema bdc_clock to public;
create table bdc_clock.clock (stands timestamptz, ahead interval not null default '0');
insert into bdc_clock.clock default values;
alter function pg_catalog.now() rename to now_of_the_server;
create function pg_catalog.now() returns timestamptz language plpgsql stable parallel safe security definer
set search_path = pg_catalog as $clock$
begin
  return (select coalesce(c.stands, transaction_timestamp() + c.ahead) from bdc_clock.clock as c);
end
$clock$;
"""


def prepare(server: str) -> None:
    """Let every database that is made on `server` from now on have this clock."""
    asyncio.run(_prepare(urlunsplit(urlsplit(server)._replace(path="/template1"))))


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_CLOCK)
    finally:
        await connection.close()


class Clock:
    """Sets the time. `settable`: whether the server was prepared."""

    def __init__(self, database: Database, settable: bool) -> None:
        self._database = database
        self._settable = settable
        self._stands: datetime | None = None

    def reset(self) -> None:
        """Let the clock show the time of the machine."""
        self._stands = None
        if self._settable:
            self._set("update bdc_clock.clock set stands = null, ahead = '0'")

    def now(self) -> datetime:
        """Return the time of the test."""
        if not self._settable:
            return datetime.now(UTC)
        found: datetime = self._database.run(self._database.admin.fetchval("select now()"))
        return found

    def stand(self, time: datetime) -> bool:
        """Let the clock stand at `time`; return whether it begins there: it was not set before, or shows a later time."""
        begins = self._stands is None or time < self._stands
        self._stands = time
        self._set("update bdc_clock.clock set stands = $1", time)
        return begins

    def move(self, seconds: int) -> None:
        """Let the clock go on by `seconds`; one that stands stands then."""
        if self._stands is not None:
            self._stands += timedelta(seconds=seconds)
        self._set(
            "update bdc_clock.clock set stands = stands + $1::interval, ahead = ahead + $1::interval",
            timedelta(seconds=seconds),
        )

    def _set(self, statement: str, *values: object) -> None:
        self._database.run(self._database.admin.execute(statement, *values))
