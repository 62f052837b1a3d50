"""Apply one file: as one transaction with its entry in the ledger, or statement by statement with an entry each."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg

from database.catalog import read_catalog
from database.ledger import record
from database.migrations_folder import MigrationFile

# A statement that waits for a lock makes everybody else wait behind it: give up soon, let them pass, try again.
LOCK_TIMEOUT = "2s"
_PATIENCE = 60.0
_FIRST_PAUSE = 0.2

_CONCURRENT = re.compile(
    r'create\s+(?:unique\s+)?index\s+concurrently\s+("[^"]+"|\w+)\s+on\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)',
    re.IGNORECASE,
)
_VALID = """
select i.indisvalid, i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = to_regclass($1::text) and c.relname = (parse_ident($2::text))[1]
"""


async def apply_file(
    connection: "asyncpg.Connection[asyncpg.Record]", file: MigrationFile, done: int
) -> None:
    """Apply `file`, from its statement number `done` on."""
    statements = file.statements
    if not statements:
        await _patiently(partial(_transaction, connection, file))
        return
    for number, statement in enumerate(statements[done:], done + 1):
        await _patiently(partial(_alone, connection, statement))
        await record(connection, file, number)
    await connection.execute("reset lock_timeout")
    await record(connection, file, catalog=await read_catalog(connection))


async def _transaction(connection: "asyncpg.Connection[asyncpg.Record]", file: MigrationFile) -> None:
    async with connection.transaction():
        await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        await connection.execute(file.text)
        await record(connection, file, catalog=await read_catalog(connection))


async def _alone(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> None:
    await connection.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
    if not await _is_built(connection, statement):
        await connection.execute(statement)


async def _is_built(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> bool:
    """Whether the statement builds an index beside others' work, and a run that was killed has finished it. What such a run
    has left half built, which PostgreSQL keeps as an invalid index, is dropped."""
    found = _CONCURRENT.search(statement)
    index = await connection.fetchrow(_VALID, found[2], found[1]) if found else None
    if index is not None and not index["indisvalid"]:
        await connection.execute(f"drop index concurrently {index['name']}")
    return index is not None and bool(index["indisvalid"])


async def _patiently(attempt: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + _PATIENCE, _FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            if loop.time() > deadline:
                raise
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 5.0)
