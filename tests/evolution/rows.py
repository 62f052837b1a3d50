"""Rows for a database: as many as wanted in every table, holding to its keys, references and checks, the same each time.

Row number n of a table refers to row number n of whatever it refers to, so that keys that share columns agree with each other.
"""

import re
from collections.abc import Iterator

from bdc.catalog import Column, Database, ForeignKey, Table
from bdc.ddl.names import Name, qualified, quote
from tests.evolution.values import salt, value

_ARMS = re.compile(r"\(*num_nonnulls\((.*?)\)")
EVERY_NULL = 4  # a column that may be empty is empty in every fourth row


def fill(database: Database, count: int) -> Iterator[str]:
    """Yield statements that put `count` rows into each table. They switch off triggers and the checking of references, so that
    their order does not matter; what they write does refer to rows that are there."""
    yield "set session_replication_role = replica"
    for table in database.tables:
        if table.parent is None:
            yield _insert(database, table, count)
    yield "set session_replication_role = origin"


def written(table: Table) -> list[Column]:
    """Return the columns that rows give a value: not what the database computes itself."""
    return [each for each in table.columns if each.generated is None]


def _insert(database: Database, table: Table, count: int) -> str:
    columns = written(table)
    if not columns:
        return f"insert into {qualified(table.name)} default values"
    names = ", ".join(quote(each.name) for each in columns)
    values = ", ".join(_cell(database, table, each) for each in columns)
    return (
        f"insert into {qualified(table.name)} ({names}) overriding system value"
        f" select {values} from generate_series(1, {count}) as i"
    )


def _cell(database: Database, table: Table, column: Column) -> str:
    source, found = _root(database, table, column, frozenset())
    cell = _listed(database.table(source), found) or value(database, found)
    if source != table.name or found.name != column.name:
        cell = f"({cell})::{column.type}"
    if (arm := _arm(table, column)) is not None:
        return f"case when i % {arm[1]} = {arm[0]} then {cell} end"
    if _empties(database, table, column):
        return f"case when i % {EVERY_NULL} = 0 then null else {cell} end"
    return cell


def _listed(table: Table, column: Column) -> str | None:
    """Return one of the texts that a check lists for the column, None where no check does."""
    head = re.compile(rf"\(*{re.escape(quote(column.name))}\)*(?:::text)? = ANY \(+(ARRAY\[.*?\])")
    for check in table.checks:
        if (found := head.match(check.condition)) is not None:
            return f"({found[1]})[1 + (i + {salt(column.name)}) % cardinality({found[1]})]"
    return None


def _arm(table: Table, column: Column) -> tuple[int, int] | None:
    """Return which of how many columns this one is, of which exactly one is not null (or at most one)."""
    for check in table.checks:
        found = _ARMS.match(check.condition)
        arms = found[1].split(", ") if found is not None else []
        if quote(column.name) in arms:
            return arms.index(quote(column.name)), len(arms)
    return None


def _root(
    database: Database, table: Table, column: Column, seen: frozenset[tuple[Name, str]]
) -> tuple[Name, Column]:
    """Return the column that this one's values come from: that at the end of the references it is part of."""
    here = (table.name, column.name)
    if here in seen:
        return table.name, column
    for key in (key for key in table.foreign_keys if column.name in key.columns):
        target = database.table(key.target)
        other = target.column(key.target_columns[key.columns.index(column.name)])
        if (target.name, other.name) != here:
            return _root(database, target, other, seen | {here})
    return table.name, column


def _empties(database: Database, table: Table, column: Column) -> bool:
    if column.not_null or any(key.match_full and column.name in key.columns for key in table.foreign_keys):
        return False
    keyed = table.partition_by or ""
    return column.name not in keyed and not any(_aimed(key, table, column) for key in _all_keys(database))


def _all_keys(database: Database) -> Iterator[ForeignKey]:
    for table in database.tables:
        yield from table.foreign_keys


def _aimed(key: ForeignKey, table: Table, column: Column) -> bool:
    return key.target == table.name and column.name in key.target_columns
