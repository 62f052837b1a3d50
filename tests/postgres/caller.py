"""A caller of the clinic: a connection as a role, with an identity bound as the service binds it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from tests.support.postgres import Database

from bdc.surface.seed_keys import seed_key

NORTH = seed_key("clinic", "demo", "north")
IDA = seed_key("clinic", "demo", "ida")
FIRST = seed_key("clinic", "demo", "first")
SOUTH = "00000000-0000-7000-8000-00000000000b"
NURSE_ID = "00000000-0000-7000-8000-0000000000aa"

_BIND = """
select set_config('app.actor_id', $1, true), set_config('app.actor_org', $2, true),
  set_config('app.actor_roles', $3, true), set_config('app.operation', $4, true), set_config('app.request_id', 'r-1', true)
"""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@asynccontextmanager
async def calling(
    database: Database,
    operation: str = "",
    *,
    roles: str = "nurse",
    org: object = NORTH,
    role: str = "clinic_runtime",
    commit: bool = False,
) -> AsyncIterator[Connection]:
    """Yield a connection inside a transaction in which the caller is bound; it is rolled back unless `commit`."""
    connection = await asyncpg.connect(database.url(role))
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(_BIND, NURSE_ID, str(org), roles, operation)
        yield connection
        await (transaction.commit() if commit else transaction.rollback())
    finally:
        await connection.close(timeout=5)
