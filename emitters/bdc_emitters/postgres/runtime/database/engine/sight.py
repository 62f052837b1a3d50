"""Who counts rows has to see all of them. Row level security that is forced holds the owner too, so it is let go meanwhile, for the owner
alone, whom nobody is but who migrates. A run that is killed in between leaves an entry, by which the next one puts it back."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import asyncpg

from database.engine.patience import patiently

# A superuser sees everything anyway.
_FORCED = """
select c.oid::regclass::text as name from pg_class c
where c.oid in (select to_regclass(name) from unnest($1::text[]) as tables (name)) and c.relforcerowsecurity
  and not (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)
"""
# An entry that counts for nothing else: no operation is called so, and what is undone was never done.
_MARK = "insert into app.migration_operation (edge, operation, state, checksum) values ('', $1, 'undone', '') on conflict do nothing"
_UNMARK = "delete from app.migration_operation where edge = '' and operation = $1"
_LEFT = "select operation from app.migration_operation where edge = ''"


@asynccontextmanager
async def seeing(
    connection: "asyncpg.Connection[asyncpg.Record]", tables: Iterable[str], budget: float
) -> AsyncIterator[None]:
    """Let the owner see all rows of `tables` (SQL text) meanwhile."""
    forced = [row["name"] for row in await connection.fetch(_FORCED, sorted(tables))]
    for table in forced:
        await _alter(connection, table, "no force", _MARK, budget)
    try:
        yield
    finally:
        if not connection.is_closed():
            for table in forced:
                await _alter(connection, table, "force", _UNMARK, budget)


async def put_back(connection: "asyncpg.Connection[asyncpg.Record]", budget: float) -> None:
    """Force again what a killed run let go."""
    if await connection.fetchval("select to_regclass('app.migration_operation')") is not None:
        for row in await connection.fetch(_LEFT):
            await _alter(connection, row["operation"], "force", _UNMARK, budget)


async def _alter(
    connection: "asyncpg.Connection[asyncpg.Record]", table: str, word: str, entry: str, budget: float
) -> None:
    """Change it together with its entry, all or nothing."""

    async def attempt() -> None:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '2s'")
            await connection.execute(f"alter table {table} {word} row level security")
            await connection.execute(entry, table)

    await patiently(attempt, budget)
