"""Entities stand in the order of their source, not in that of their names."""

from collections.abc import Sequence

import asyncpg

from bdc.catalog import Database
from bdc.ddl.names import Name

_MADE = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by c.oid
"""


def in_order(database: Database, names: Sequence[Name]) -> Database:
    """Return the database with its tables in the order of `names`; others stand behind them."""
    places = {name: number for number, name in enumerate(names)}
    tables = sorted(database.tables, key=lambda table: places.get(table.name, len(places)))
    return database.model_copy(update={"tables": tuple(tables)})


async def made_first(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Name]:
    """Return the tables in the order in which they were made."""
    rows = await connection.fetch(_MADE)
    return [Name(row["relname"], None if row["nspname"] == "public" else row["nspname"]) for row in rows]
