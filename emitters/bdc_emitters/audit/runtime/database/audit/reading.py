"""Seals and rows, as the database has them. What a row is hashed as is said here too: nothing is asked of functions of the database."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from database.audit.declared import OWNER

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

_TIME = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
_TEXT = (
    f"pg_catalog.jsonb_build_array(l.id, pg_catalog.to_char(l.at at time zone 'UTC', {_TIME}), l.actor, l.roles, l.operation,"
    " l.request_id, l.db_role, l.action, l.table_name, l.tenant, l.key, l.old, l.new)::text"
)
_SEALS = (
    "select s.number, s.first, s.last, s.rows, s.ids, s.hashes, s.root, s.head, s.at, s.pruned_at,"  # nosec B608
    f" pg_catalog.to_char(s.at at time zone 'UTC', {_TIME}) as moment from app.audit_seal as s order by s.number"
)
_ROWS = f"select l.id, {_TEXT} as text from app.audit_log as l where l.id between $1 and $2 order by l.id"  # nosec B608
_WRITTEN = "select count(*) from app.audit_log as l where l.id > $1"


@dataclass(frozen=True)
class Seal:
    """A batch of rows. `ids` and `hashes` are empty where its rows were deleted for their age."""

    number: int
    first: int
    last: int
    rows: int
    ids: tuple[int, ...]
    hashes: tuple[bytes, ...]
    root: bytes
    head: bytes
    at: datetime
    moment: str
    pruned_at: datetime | None

    @property
    def text(self) -> str:
        """What the seal is hashed as: a JSON array as PostgreSQL writes it."""
        return json.dumps([self.number, self.first, self.last, self.rows, self.root.hex(), self.moment])


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Connection]:
    """Give a session that sees one state of the trail, as its owner."""
    connection: Connection = await asyncpg.connect(
        url, server_settings={"application_name": "database.audit"}
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f'set local role "{OWNER}"; set local search_path = pg_catalog, pg_temp')
            yield connection
    finally:
        await connection.close()


async def seals(connection: Connection) -> AsyncIterator[Seal]:
    """Yield the seals in order."""
    async for row in connection.cursor(_SEALS, prefetch=50):
        values = dict(row)
        yield Seal(**values | {"ids": tuple(row["ids"] or ()), "hashes": tuple(row["hashes"] or ())})


async def rows(connection: Connection, first: int, last: int) -> dict[int, str]:
    """Return what each row from `first` to `last` is hashed as, by its id."""
    return {row["id"]: row["text"] for row in await connection.fetch(_ROWS, first, last)}


async def unsealed(connection: Connection, after: int) -> int:
    """Return how many rows stand behind the last seal."""
    return int(await connection.fetchval(_WRITTEN, after))
