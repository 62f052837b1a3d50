"""What stands in the rows and would stop a migration half way is found before it begins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from database.edge import DataCheck, Edge
from database.errors import MigrationError
from database.patience import patiently

# What is forced on the owner too; a superuser sees everything anyway.
_FORCED = """
select c.oid::regclass::text as name from pg_class c
where c.oid in (select to_regclass(name) from unnest($1::text[]) as tables (name)) and c.relforcerowsecurity
  and not (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)
"""


async def check_data(
    connection: "asyncpg.Connection[asyncpg.Record]", edge: Edge
) -> tuple[tuple[DataCheck, int], ...]:
    """Return the checks that find rows, with their numbers; nothing is changed. InsufficientPrivilegeError where row level security
    would hide rows from who counts them: less than all of them says nothing."""
    found = []
    async with connection.transaction(readonly=True):
        await connection.execute("set local row_security = off")
        for operation in edge.operations:
            for check in operation.checks:
                rows = int(await connection.fetchval(check.sql) or 0)
                found.extend([(check, rows)] if rows else [])
    return tuple(found)


async def refuse_data(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str, edge: Edge, budget: float
) -> None:
    """MigrationError when a check finds rows."""
    tables = {table for operation in edge.operations for check in operation.checks for table in check.reads}
    async with _seeing(connection, tables, budget):
        found = await check_data(connection, edge)
    if found:
        listed = "\n".join(described(check, rows) for check, rows in found)
        raise MigrationError(f"the data does not allow {name}, and nothing was changed:\n{listed}")


@asynccontextmanager
async def _seeing(
    connection: "asyncpg.Connection[asyncpg.Record]", tables: set[str], budget: float
) -> AsyncIterator[None]:
    """Let the owner see all rows of `tables` meanwhile: where row level security is forced, it is let go for the owner, whom nobody
    is but who migrates. A run that is killed here leaves that behind, and the next one reports it as a change of the schema."""
    forced = [row["name"] for row in await connection.fetch(_FORCED, sorted(tables))]
    for table in forced:
        await _alter(connection, f"alter table {table} no force row level security", budget)
    try:
        yield
    finally:
        for table in forced:
            await _alter(connection, f"alter table {table} force row level security", budget)


async def _alter(connection: "asyncpg.Connection[asyncpg.Record]", statement: str, budget: float) -> None:
    async def attempt() -> None:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '2s'")
            await connection.execute(statement)

    await patiently(attempt, budget)


def described(check: DataCheck, rows: int) -> str:
    """Return code, object, number of rows and what to write instead."""
    counted = f"{rows:,} row" + ("s" if rows != 1 else "")
    message = check.message.replace("{rows}", f"{rows:,}")
    return f"  {check.code} {check.object}: {counted}: {message}\n    {check.help}"
