"""What rows must hold after a change, asked of the rows before it: nothing lost, nothing touched that was not meant, what was renamed
carried, what was given to old rows there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bdc.catalog import Column, Database, Table
from bdc.ddl.names import Name, full, qualified, quote
from bdc.ddl.printer import literal
from bdc.plan.hints import spelled
from bdc.plan.typing_rules import is_wider
from tests.evolution.pairs import Evolved

Rows = list[tuple[str | None, ...]]


@dataclass(frozen=True)
class Kept:
    """`before` asked of the old state and `after` of the new one give the same rows."""

    table: Name
    before: str
    after: str


def kept(evolved: Evolved) -> Iterator[Kept]:
    """Yield what is kept of every table that goes on."""
    there = {table.name: table for table in evolved.new.tables if table.parent is None}
    for now, was in evolved.origins.tables.items():
        if now in there and (old := _table(evolved.old, was)) is not None and old.parent is None:
            yield _kept(evolved, old, there[now])


async def rows(connection: Any, query: str) -> Rows:
    return sorted((tuple(row) for row in await connection.fetch(query)), key=repr)


def _table(database: Database, name: Name) -> Table | None:
    return next((table for table in database.tables if table.name == name), None)


def _kept(evolved: Evolved, old: Table, new: Table) -> Kept:
    pairs = [found for column in new.columns if (found := _column(evolved, old, new, column)) is not None]
    before = ", ".join(pair[0] for pair in pairs) or "1"
    after = ", ".join(pair[1] for pair in pairs) or "1"
    source = f"{qualified(old.name)}{_without_parts(evolved, old)}"
    return Kept(new.name, f"select {before} from {source}", f"select {after} from {qualified(new.name)}")


def _without_parts(evolved: Evolved, old: Table) -> str:
    """Return the condition of rows that are in no part that is dropped."""
    removed = {each.name for each in evolved.hints.removals if each.kind == "table"}
    parts = (each.name for each in evolved.old.tables if each.parent == old.name)
    gone = [literal(full(name)) for name in parts if spelled(name) in removed]
    return f" where tableoid <> all (array[{', '.join(gone)}]::regclass[])" if gone else ""


def _column(evolved: Evolved, old: Table, new: Table, column: Column) -> tuple[str, str] | None:
    """Return what the column held, or what it is to hold, and what it holds; None where nobody can say."""
    if column.generated is not None or column.identity is not None:
        return None
    shown = f"{quote(column.name)}::text"
    origin = evolved.origins.columns.get((new.name, column.name))
    told = _told(evolved, new, column)
    unknown = _unknown(evolved)
    if any(_says(told or (column.type if origin is None else ""), name) for name in unknown):
        return None
    if origin is None:
        if told is not None:
            return f"({told})::{column.type}::text", shown
        constant = column.not_null and column.default is not None and _is_constant(column.default)
        return (f"({column.default})::{column.type}::text", shown) if constant else None
    was = old.column(origin[1])
    if was.identity is not None:
        return f"{quote(was.name)}::text", shown
    if told is not None and _retyped(evolved, was, column) and not is_wider(was.type, column.type):
        return f"({told})::{column.type}::text", shown
    if told is not None:
        # what fits is kept
        return f"coalesce({quote(was.name)}::{column.type}, ({told})::{column.type})::text", shown
    return _carried(evolved, was, new, column), shown


def _is_constant(default: str) -> bool:
    return "(" not in default and not default.startswith("CURRENT_")


def _told(evolved: Evolved, new: Table, column: Column) -> str | None:
    """What old rows were to get, in the words of the old state; None when it has no words for it."""
    origins = evolved.origins.columns
    found = next(
        (
            each.expression
            for each in evolved.hints.backfills
            if (each.table, each.column) == (new.name, column.name)
        ),
        None,
    )
    if found is None or any(
        _says(found, each.name) for each in new.columns if (new.name, each.name) not in origins
    ):
        return None
    for (table, now), (_, was) in origins.items():
        if table == new.name:
            found = re.sub(rf"(?<![A-Za-z0-9]){now}(?![A-Za-z0-9])", was, found)
    return found


def _unknown(evolved: Evolved) -> set[str]:
    """Names of types and tables that the old state does not have: it cannot be asked about them."""
    old, new = evolved.old, evolved.new
    return {each.name.name for each in (*new.enums, *new.tables, *new.domains)} - {
        each.name.name for each in (*old.enums, *old.tables, *old.domains)
    }


def _says(sql: str, name: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", sql) is not None


def _retyped(evolved: Evolved, was: Column, column: Column) -> bool:
    return was.type != column.type and _enum(evolved, column) is None


def _enum(evolved: Evolved, column: Column) -> Name | None:
    return next((enum.name for enum in evolved.new.enums if quote(enum.name.name) == column.type), None)


def _carried(evolved: Evolved, was: Column, new: Table, column: Column) -> str:
    bare = quote(was.name)
    enum = next((each for each in evolved.old.enums if quote(each.name.name) == was.type), None)
    labels = _relabelled(evolved, _enum(evolved, column) or new.name, column)
    if enum is not None:
        labels |= {
            old: now for (_, now), (source, old) in evolved.origins.labels.items() if source == enum.name
        }
    if labels:
        cases = " ".join(f"when {literal(old)} then {literal(now)}" for old, now in labels.items())
        return f"case {bare}::text {cases}{'' if enum is not None else f' else {bare}::text'} end"
    same = was.type == column.type or _enum(evolved, column) is not None
    return f"{bare}::text" if same else f"{bare}::{column.type}::text"


def _relabelled(evolved: Evolved, place: Name, column: Column) -> dict[str, str]:
    """Old values by new ones, of an enum or of a column whose check holds them. That check would not hold where one was missed."""
    return {
        each.old: each.new
        for each in evolved.hints.renames
        if each.kind == "enum value" and each.table == place and each.column in (None, column.name)
    }
