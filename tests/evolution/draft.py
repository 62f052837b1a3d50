"""A database while it is made up: every edit picks from it, changes it, and leaves a trace of what was called what."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bdc.catalog import Column, Database, EnumType, Table
from bdc.ddl.names import Name, quote
from tests.evolution.chance import Chance

ColumnPath = tuple[Name, str]


@dataclass
class Origins:
    """What the things of a draft were called in the state that the change starts from. What is new has no entry."""

    tables: dict[Name, Name] = field(default_factory=dict)
    columns: dict[ColumnPath, ColumnPath] = field(default_factory=dict)
    enums: dict[Name, Name] = field(default_factory=dict)
    labels: dict[tuple[Name, str], tuple[Name, str]] = field(default_factory=dict)
    views: dict[Name, Name] = field(default_factory=dict)

    @classmethod
    def of(cls, database: Database) -> "Origins":
        """Return the origins of a state in which nothing has changed yet."""
        return cls(
            {table.name: table.name for table in database.tables},
            {(table.name, each.name): (table.name, each.name) for table in database.tables for each in table.columns},
            {enum.name: enum.name for enum in database.enums},
            {(enum.name, label): (enum.name, label) for enum in database.enums for label in enum.labels},
            {view.name: view.name for view in database.views},
        )  # fmt: skip

    def renamed(self, new: Callable[[str], str]) -> "Origins":
        """Return the same origins under names that `new` gives."""
        name = lambda found: Name(new(found.name), found.schema)  # noqa: E731
        return Origins(
            {name(now): was for now, was in self.tables.items()},
            {(name(table), new(column)): was for (table, column), was in self.columns.items()},
            {name(now): was for now, was in self.enums.items()},
            {(name(enum), new(label)): was for (enum, label), was in self.labels.items()},
            {name(now): was for now, was in self.views.items()},
        )


@dataclass
class Draft(Chance):
    """`backfills`: what old rows get in a column that has become required or has changed its type, as SQL."""

    database: Database
    random: Random
    count: int = 0
    origins: Origins = field(default_factory=Origins)
    backfills: dict[ColumnPath, str] = field(default_factory=dict)

    def fresh(self, *words: str) -> str:
        """Return a name that nothing has had: a word and a number, so that a rename can tell it from any other."""
        found = self.numbered(*words)
        return found.capitalize() if self.maybe(0.08) else found

    def table(self, wanted: Callable[[Table], bool] = lambda _: True) -> Table | None:
        """Return a table that is no partition."""
        return self.pick(each for each in self.database.tables if each.parent is None and wanted(each))

    def column(self, wanted: Callable[[Table, Column], bool]) -> tuple[Table, Column] | None:
        return self.pick(
            (table, column)
            for table in self.database.tables
            if table.parent is None
            for column in table.columns
            if wanted(table, column)
        )

    def put(self, old: Table, **members: Any) -> Table:
        """Put a changed copy in the place of `old`; partitions have the columns of their parent."""
        new = old.model_copy(update=members)
        self.change(tables=tuple(self._in_place(each, old, new) for each in self.database.tables))
        return new

    def _in_place(self, each: Table, old: Table, new: Table) -> Table:
        if each.name == old.name:
            return new
        return each.model_copy(update={"columns": new.columns}) if each.parent == old.name else each

    def put_column(self, table: Table, old: Column, **members: Any) -> None:
        changed = old.model_copy(update=members)
        self.put(table, columns=tuple(changed if each.name == old.name else each for each in table.columns))

    def change(self, **members: Any) -> None:
        self.database = self.database.model_copy(update=members)

    def rename(self, old: str, new: str) -> None:
        """Write `new` wherever `old` stands: in names made from it and in SQL text, which would have to quote capitals."""
        word = re.compile(rf"(?<![A-Za-z0-9]){old}(?![A-Za-z0-9])")
        state = self.database.model_dump()
        if _is_in_text(state, word):
            new = new.lower()
        quoted = re.compile(f'^"{old}"')  # as the type of a column says it
        state = _replaced(_replaced(state, quoted, quote(new)), word, new)
        self.database = Database.model_validate(state)
        self.origins = self.origins.renamed(lambda name: word.sub(new, name))
        self.backfills = {
            (Name(word.sub(new, table.name), table.schema), word.sub(new, column)): word.sub(new, sql)
            for (table, column), sql in self.backfills.items()
        }

    def enum_of(self, column: Column) -> EnumType | None:
        """Return the enum that is the column's type, None when its type is none."""
        for enum in self.database.enums:
            if column.type == enum.name.name or column.type == f'"{enum.name.name}"':
                return enum
        return None

    def mentioned(self, name: str, *besides: Table) -> bool:
        """Whether SQL text or a member of any object but the tables `besides` speaks of `name`."""
        word = re.compile(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])")
        kept = tuple(each for each in self.database.tables if each not in besides)
        rest = self.database.model_copy(update={"tables": kept})
        return word.search(rest.model_dump_json()) is not None


def _is_in_text(value: Any, word: re.Pattern[str]) -> bool:
    match value:
        case str():
            return any(mark in value for mark in " ('") and word.search(value) is not None
        case dict():
            return any(_is_in_text(each, word) for each in value.values())
        case list() | tuple():
            return any(_is_in_text(each, word) for each in value)
    return False


def _replaced(value: Any, word: re.Pattern[str], new: str) -> Any:
    match value:
        case str():
            return word.sub(new, value)
        case dict():
            return {key: _replaced(each, word, new) for key, each in value.items()}
        case list() | tuple():
            return [_replaced(each, word, new) for each in value]
        case _:
            return value
