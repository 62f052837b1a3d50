"""Rows in every table of a database that is there already."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import asyncpg

from bdc.catalog import Column, Database, ForeignKey, Table
from bdc.ddl.names import Name, full, qualified, quote
from bdc.ddl.printer import literal
from bdc.verification.rows.solving import Solution, solutions
from bdc.verification.rows.values import base, own_types, salt, value

_EVERY_NULL = 3  # a column that may be empty is empty in every third row
_TRIES = 12
_SEQUENCES = """
select format('select setval(%L, coalesce((select max(%I) from %s), 0) + 1)', pg_get_serial_sequence(c.oid::regclass::text, a.attname),
  a.attname, c.oid::regclass) as statement
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and c.relnamespace <> 'pg_catalog'::regnamespace
  and pg_get_serial_sequence(c.oid::regclass::text, a.attname) is not null
"""


Sought = Mapping[str, tuple[str, ...]]


async def fill(
    connection: Any,
    database: Database,
    count: int,
    skip: frozenset[Name] = frozenset(),
    sought: Mapping[str, Sought] | None = None,
) -> tuple[str, ...]:
    """Put `count` rows into each table of `database` (as the server at `connection` tells it); return the tables that got none. It
    switches off triggers and the checking of references: what it writes refers to rows that are there. `sought`: by table and column,
    values (as text) that some row has to hold; such a table gets a row for each."""
    work = _Filling(connection, database, count, sought or {})
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for table in _in_order(database):
            if table.parent is None and table.name not in skip:
                await work.table(table)
        await work.continue_sequences()
    return tuple(work.empty)


def _in_order(database: Database) -> list[Table]:
    """Return what is referred to first; where references go round, the order they are in."""
    tables = {table.name: table for table in database.tables}
    needs = {
        name: {key.target for key in table.foreign_keys if key.target != name and key.target in tables}
        for name, table in tables.items()
    }
    try:
        return [tables[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError:
        return list(database.tables)


class _Filling:
    """`_chosen`: tables whose rows were found by trying; others refer to what they hold."""

    def __init__(self, connection: Any, database: Database, count: int, sought: Mapping[str, Sought]) -> None:
        self._connection, self._database, self._count, self._sought = connection, database, count, sought
        self._tables = {table.name: table for table in database.tables}
        self._own = own_types(database)
        self._chosen: set[Name] = set()
        self._roots: dict[tuple[Name, str], tuple[Table, Column]] = {}
        self._aimed = {
            (key.target, column)
            for table in database.tables
            for key in table.foreign_keys
            for column in key.target_columns
        }
        self.empty: list[str] = []

    async def table(self, table: Table) -> None:
        rows = [self._row(table, number) for number in range(1, self._count + 1)]
        if full(table.name) not in self._sought and await self._inserted(table, rows):
            return
        self._chosen.add(table.name)
        if not await self._tried(table):
            self.empty.append(full(table.name))

    async def _tried(self, table: Table) -> int:
        """Insert rows whose values satisfy the checks, one by one; return how many there are."""
        given = {
            column.name: self._referred(table, column)
            for column in _written(table)
            if _keys_of(table, column)
        }
        free = [column for column in _written(table) if given.get(column.name, True)]
        known = {name: values for name, values in given.items() if values}
        sought = self._sought.get(full(table.name), {})
        groups = await solutions(self._connection, self._database, self._own, table, free, known, sought)
        done = 0
        for number in range(1, max([self._count, *map(len, sought.values())]) + 1):
            for shift in range(_TRIES):
                row = self._row(table, number) | self._settled(table, groups, number, shift)
                if await self._inserted(table, [row]):
                    done += 1
                    break
        return done

    def _referred(self, table: Table, column: Column) -> list[str]:
        """Return SQL of what the column may refer to; nothing where it is part of a longer key."""
        keys = _keys_of(table, column)
        if any(len(key.columns) > 1 for key in keys):
            return []
        here = any(key.target == table.name for key in keys)
        rows = [] if here and not column.not_null else range(1, self._count + 1)
        cells = [
            cell for number in rows if (cell := self._cell(table, column, number, empty=False)) is not None
        ]
        return [*cells, *([] if column.not_null else [f"null::{column.type}"])]

    def _settled(
        self, table: Table, groups: list[list[Solution]], number: int, shift: int
    ) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for group in groups:
            if group:
                for name, text in group[(number - 1 + shift * self._count) % len(group)].items():
                    kind = base(self._own, table.column(name).type)
                    found[name] = "null" if text is None else f"{literal(text)}::{kind}"
        return found

    async def _inserted(self, table: Table, rows: list[dict[str, str | None]]) -> bool:
        names = [name for name in rows[0] if all(row[name] is not None for row in rows)]
        given = ", ".join(f"({', '.join(str(row[name]) for name in names)})" for row in rows)
        into = (
            f"({', '.join(map(quote, names))}) overriding system value values {given}"
            if names
            else "default values"
        )
        try:
            await self._connection.execute(
                f"savepoint one; insert into {qualified(table.name)} {into}; release savepoint one"
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._connection.execute("rollback to savepoint one")
            return False
        return True

    def _row(self, table: Table, number: int) -> dict[str, str | None]:
        """Return SQL per column; None for one of a type that is not known, which its default fills."""
        return {column.name: self._cell(table, column, number) for column in _written(table)}

    def _cell(self, table: Table, column: Column, number: int, *, empty: bool = True) -> str | None:
        here = (table.name, column.name)
        if here not in self._roots:
            self._roots[here] = self._root(table, column, frozenset())
        source, root = self._roots[here]
        if empty and number % _EVERY_NULL == 0 and self._may_be_empty(table, column):
            return f"null::{column.type}"
        if source.name in self._chosen and source.name != table.name:
            kept = f"select {quote(root.name)} from {qualified(source.name)} order by ctid limit 1 offset {number - 1}"
            return f"({kept})::{column.type}"
        made = value(self._own, root.type, salt(root.name), number)
        return made if root is column or made is None else f"({made})::{column.type}"

    def _may_be_empty(self, table: Table, column: Column) -> bool:
        full_match = any(key.match_full for key in _keys_of(table, column))
        return not (
            column.not_null
            or full_match
            or (table.name, column.name) in self._aimed
            or column.name in (table.partition_by or "")
        )

    def _root(self, table: Table, column: Column, seen: frozenset[tuple[Name, str]]) -> tuple[Table, Column]:
        """Return the column at the end of the references that this one is part of: its values are those of that column."""
        here = (table.name, column.name)
        for key in _keys_of(table, column) if here not in seen else ():
            target = self._tables.get(key.target)
            if target is not None:
                other = target.column(key.target_columns[key.columns.index(column.name)])
                there = (target.name, other.name)
                if there in self._roots:
                    return self._roots[there]
                if there != here:
                    return self._root(target, other, seen | {here})
        return table, column

    async def continue_sequences(self) -> None:
        """Let identity and serial columns go on behind the rows."""
        for row in await self._connection.fetch(_SEQUENCES):
            await self._quietly(row["statement"])

    async def _quietly(self, statement: str) -> None:
        try:
            async with self._connection.transaction():
                await self._connection.execute(statement)
        except asyncpg.PostgresError:
            pass  # a sequence that counts down, or is at its end


def _written(table: Table) -> Iterator[Column]:
    return (column for column in table.columns if column.generated is None)


def _keys_of(table: Table, column: Column) -> list[ForeignKey]:
    return [key for key in table.foreign_keys if column.name in key.columns]
