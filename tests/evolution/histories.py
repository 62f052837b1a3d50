"""Real histories: the migrations of three products, the state after each, and what their SQL says about each step."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bdc.catalog import Column, Database, Table
from bdc.ddl.names import Name, qualified, quote
from bdc.plan import Backfill, Hints, Removal, Rename
from bdc.plan.hints import Kind, spelled
from tests.evolution.draft import Origins
from tests.evolution.human import Told
from tests.evolution.pairs import Evolved
from tests.evolution.values import typed

CORPUS = Path(__file__).parents[1] / "corpus"
HISTORIES = {"umami": 19, "hoppscotch": 21, "langfuse": 434}


def migrations(product: str) -> list[Path]:
    """Return the scripts in their order."""
    return sorted((CORPUS / f"prisma-{product}" / "migrations").glob("*/migration.sql"))


def usable(script: str) -> str:
    """Return a script without the extensions that the embedded server does not carry; what an index needs of one is replaced."""
    without = re.sub(r"create\s+extension[^;]*;", "", script, flags=re.I)
    return without.replace("(title gin_trgm_ops)", "(to_tsvector('simple'::regconfig, title))")


@dataclass(frozen=True)
class Names:
    """Old names of tables and columns by new ones, new names of enums by old ones, of what goes on. What people renamed twice in one
    step, or back, is seen as what came of it."""

    tables: dict[Name, Name]
    columns: dict[tuple[Name, str], str]
    enums: dict[Name, Name]


def step(old: Database, new: Database, told: Told) -> Evolved:
    """Return the step from `old` to `new` with what a specification would have said about it."""
    names = _names(old, new, told)
    enums = {names.enums.get(each.name, each.name): each.name for each in old.enums}
    labels = {
        (now, told.values.get((was.name, label), label)): (was, label)
        for now, was in enums.items()
        for label in next(each.labels for each in old.enums if each.name == was)
    }
    columns = {(now, name): (names.tables[now], was) for (now, name), was in names.columns.items()}
    return Evolved(old, new, Origins(names.tables, columns, enums, labels), _hints(old, new, told, names), ())


def _hints(old: Database, new: Database, told: Told, names: Names) -> Hints:
    return Hints(
        (*_renamed(new, names), *_renamed_others(old, new, told, names)),
        tuple(_removed(old, new, told, names)),
        tuple(_given(old, new, told, names)),
    )


def _names(old: Database, new: Database, told: Told) -> Names:
    was, there = {each.name for each in old.tables}, {each.name for each in new.tables}
    tables = {name: name for name in there & was}
    for before, after in told.tables.items():
        if Name(before) in was - there and Name(after) in there - was:
            tables[Name(after)] = Name(before)
    columns: dict[tuple[Name, str], str] = {}
    for table in new.tables:
        if table.name in tables:
            source = old.table(tables[table.name])
            columns |= {(table.name, name): found for name, found in _columns(source, table, told).items()}
    enums = {
        Name(before): Name(after)
        for before, after in told.types.items()
        if _type(old, before) and not _type(new, before) and _type(new, after) and not _type(old, after)
    }
    return Names(tables, columns, enums)


def _columns(old: Table, new: Table, told: Told) -> dict[str, str]:
    was, there = {each.name for each in old.columns}, {each.name for each in new.columns}
    found = {name: name for name in was & there}
    mine = {key[1]: after for key, after in told.columns.items() if key[0] in (old.name.name, new.name.name)}
    for before, after in mine.items():
        if before in was - there and after in there - was:
            found[after] = before
    return found


def _renamed(new: Database, names: Names) -> Iterator[Rename]:
    for now, was in names.tables.items():
        if now != was:
            yield Rename("table", None, spelled(was), spelled(now))
    for (table, column), before in names.columns.items():
        if column != before:
            yield Rename("column", table, before, column)


def _renamed_others(old: Database, new: Database, told: Told, names: Names) -> Iterator[Rename]:
    for before, after in names.enums.items():
        yield Rename("enum", None, spelled(before), spelled(after))
    for before, after in told.views.items():
        yield Rename("view", None, before, after)
    for (kind, before), after in told.values.items():
        yield Rename("enum value", Name(kind), before, after)
    now = {was: name for name, was in names.tables.items()}
    for table in old.tables:
        for index in table.indexes:
            if index.name in told.indexes and table.name in now:
                yield Rename("index", now[table.name], index.name, told.indexes[index.name])
        for (of, before), after in told.constraints.items():
            if of == table.name.name and table.name in now:
                yield Rename("constraint", now[table.name], before, after)


def _type(database: Database, name: str) -> bool:
    return any(enum.name.name == name for enum in database.enums)


def _removed(old: Database, new: Database, told: Told, names: Names) -> Iterator[Removal]:
    """What is gone was dropped: people wrote that, or it would still be there."""
    now = {was: name for name, was in names.tables.items()}
    for table in old.tables:
        if table.name not in now:
            yield Removal("table", None, spelled(table.name))
            continue
        left = {before for (of, _), before in names.columns.items() if of == now[table.name]}
        yield from (
            Removal("column", now[table.name], each.name) for each in table.columns if each.name not in left
        )
    there = {enum.name: enum for enum in new.enums}
    for enum in old.enums:
        found = there.get(names.enums.get(enum.name, enum.name))
        if found is None:
            yield Removal("enum", None, spelled(enum.name))
            continue
        for label in enum.labels:
            if label not in found.labels and (enum.name.name, label) not in told.values:
                yield Removal("enum value", found.name, label)
    yield from _gone("view", old.views, new.views)
    yield from _gone("domain", old.domains, new.domains)
    yield from _gone("sequence", old.sequences, new.sequences)


def _gone(kind: Kind, old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[Removal]:
    there = {each.name for each in new}  # type: ignore[attr-defined]
    for each in old:
        if each.name not in there:  # type: ignore[attr-defined]
            yield Removal(kind, None, spelled(each.name))  # type: ignore[attr-defined]


def _given(old: Database, new: Database, told: Told, names: Names) -> Iterator[Backfill]:
    for table in new.tables:
        if table.name not in names.tables:
            continue
        source = old.table(names.tables[table.name])
        for column in table.columns:
            before = names.columns.get((table.name, column.name))
            was = source.column(before) if before is not None else None
            if was is not None and any(
                was.type == quote(before.name) and column.type == quote(after.name)
                for before, after in names.enums.items()
            ):
                continue
            sql = _value(new, table, column, was, told)
            if sql is not None:
                yield Backfill(table.name, column.name, sql)


def _value(new: Database, table: Table, column: Column, was: Column | None, told: Told) -> str | None:
    """What people gave the rows; where they took the table for empty, anything that the column takes."""
    here = (table.name.name, column.name)
    if (
        was is not None
        and was.type != column.type
        and any(quote(each.name.name) == column.type for each in new.enums)
    ):
        return f"{quote(column.name)}::text::{column.type}"
    if was is not None and was.type != column.type:
        return told.using.get(here) or ("null" if here in told.anew and not column.not_null else None)
    refers = any(column.name in key.columns for key in table.foreign_keys)
    if here in told.given and not refers and (was is None or column.not_null > was.not_null):
        return (
            told.given[here]
            if not column.not_null
            else f"coalesce({told.given[here]}, {_some(new, table, column)})"
        )
    if column.not_null and (not was.not_null if was else column.default is None) and _plain(column):
        return _some(new, table, column)
    return None


def _plain(column: Column) -> bool:
    return column.generated is None and column.identity is None


def _some(new: Database, table: Table, column: Column) -> str:
    """A row that is referred to, or a value of the type."""
    for key in table.foreign_keys:
        if column.name in key.columns:
            aim = key.target_columns[key.columns.index(column.name)]
            return f"(select min({quote(aim)}) from {qualified(key.target)})"
    if column.default is not None:
        return column.default
    return typed(new, column.type, 0, "1")
