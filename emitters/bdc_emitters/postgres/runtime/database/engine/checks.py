"""What stands in the rows and would stop a migration half way is found before it begins."""

import asyncpg

from database.engine.edge import DataCheck, Edge
from database.engine.errors import RowsInTheWay
from database.engine.sight import seeing


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
                rows = await _count(connection, check)
                found.extend([(check, rows)] if rows else [])
    return tuple(found)


async def _count(connection: "asyncpg.Connection[asyncpg.Record]", check: DataCheck) -> int:
    """RowsInTheWay when the question fails: what rows are to be filled with fails for them, or speaks of what is not there."""
    try:
        return int(await connection.fetchval(check.sql) or 0)
    except asyncpg.InsufficientPrivilegeError:
        raise
    except (
        asyncpg.DataError,
        asyncpg.IntegrityConstraintViolationError,
        asyncpg.SyntaxOrAccessError,
    ) as error:
        asked = f"{check.code} {check.object}: what rows are to hold cannot be computed: {error}"
        raise RowsInTheWay(f"nothing was changed\n  {asked}\n    {check.sql}") from error


async def refuse_data(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str, edge: Edge, budget: float
) -> None:
    """RowsInTheWay when a check finds rows."""
    tables = {table for operation in edge.operations for check in operation.checks for table in check.reads}
    async with seeing(connection, tables, budget):
        found = await check_data(connection, edge)
    if found:
        listed = "\n".join(described(check, rows) for check, rows in found)
        raise RowsInTheWay(f"the data does not allow {name}, and nothing was changed:\n{listed}")


def described(check: DataCheck, rows: int) -> str:
    """Return code, object, number of rows and what to write instead."""
    counted = f"{rows:,} row" + ("s" if rows != 1 else "")
    told = check.message if "{rows}" in check.message else f"{{rows}} rows: {check.message}"
    message = told.replace("{rows} rows", counted).replace("{rows}", f"{rows:,}")
    return f"  {check.code} {check.object}: {message}\n    {check.help}"
