"""Partitions that a job makes at run time, as a database has them on which a migration is proved."""

from typing import Any

from bdc.catalog import Database, Table
from bdc.ddl.names import full, quote
from bdc.plan.rotation import rotated, rotations

_MOST = 100


async def make_partitions(connection: Any, database: Database) -> None:
    """Do what the worker would have done: partitions ahead, by its functions, and one that holds the first rows of each table."""
    for routine in rotations(database.routines):
        for _ in range(_MOST):
            if not await connection.fetchval(f"select {full(routine.name)}(0)"):
                break
    for table in database.tables:
        if is_whole(database, full(table.name)):
            await _moved(connection, table)


def is_whole(database: Database, table: str) -> bool:
    """Whether the rows of `table` are to be read as a whole: what its partitions are called is known at run time alone."""
    return table in rotated(database)


async def _moved(connection: Any, table: Table) -> None:
    """Move the rows of a day out of the default partition; triggers and references stay out of it."""
    name, part = full(table.name), f"app.{quote(f'{table.name.name}_first')}"
    column = (table.partition_by or "").partition("(")[2].removesuffix(")")
    default = f"(select i.inhrelid from pg_inherits as i join pg_class as c on c.oid = i.inhrelid where i.inhparent = '{name}'::regclass and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')"
    first = await connection.fetchval(f"select min({column})::text from {name} where tableoid = {default}")
    if first is None:
        return
    columns = ", ".join(quote(each.name) for each in table.columns if each.generated is None)
    kind = next(each.type for each in table.columns if quote(each.name) == column or each.name == column)
    low, high = f"'{first}'::{kind}", f"('{first}'::timestamptz + interval '1 day')::{kind}"
    mine = f"tableoid = {default} and {column} >= {low} and {column} < {high}"
    end = await connection.fetchval(f"select {high}::text")
    owner = await connection.fetchval(
        f"select relowner::regrole::text from pg_class where oid = '{name}'::regclass"
    )
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            f"create table {part} (like {name} including all excluding identity excluding indexes); alter table {part} owner to {owner};"
            f"insert into {part} ({columns}) select {columns} from {name} where {mine}; delete from {name} where {mine};"
            f"alter table {part} enable row level security; alter table {part} force row level security;"
            f"alter table {name} attach partition {part} for values from ('{first}') to ('{end}')"
        )
