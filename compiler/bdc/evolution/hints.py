"""What a specification says about its past, held against the database that it starts from: hints for the plan.

Words outlive their edge. A name that the old database does not have, or that the new one still has, says nothing any more.
"""

import re
from collections.abc import Iterable, Iterator

from bdc.catalog import Database, EnumType, Table
from bdc.catalog.lifting import lifted
from bdc.ddl.names import Name
from bdc.ddl.printer import literal
from bdc.evolution.split_fields import columns_of
from bdc.evolution.sql_hints import removals_of_sql
from bdc.plan import Backfill, Hints, Removal, Rename
from bdc.plan.hints import spelled
from bdc.schema.evolution import (
    Backfilled,
    EnumRelabelled,
    Fact,
    Relabelled,
    Removed,
    RemovedSql,
    Renamed,
)
from bdc.schema.names import APP

_TYPED = re.compile(r"::[a-z ]+(?:\([\d, ]+\))?(?:\[\])?|(?<=\d)\.0+\b|[()]", re.IGNORECASE)


def hints_of(facts: Iterable[Fact], old: Database, new: Database, said: Iterable[Fact] = ()) -> Hints:
    """Return what `facts` still say on the way from `old` to `new`. `said`: what the specification of `old` said itself."""
    past = _Past(old, new, tuple(facts), tuple(said))
    return Hints(tuple(past.renames()), tuple(past.removals()), tuple(past.backfills()))


class _Past:
    """Finds the old side of each fact; `_before`: the new name of a table → the table as it was."""

    def __init__(self, old: Database, new: Database, facts: tuple[Fact, ...], said: tuple[Fact, ...]) -> None:
        old, new = lifted(old), lifted(new)
        self._old = {spelled(table.name): table for table in old.tables}
        self._old_views = {spelled(view.name) for view in old.views}
        self._new = {spelled(table.name): table for table in new.tables}
        self._enums = {spelled(enum.name): enum for enum in old.enums}
        self._new_enums = {spelled(enum.name): enum.name for enum in new.enums}
        self._facts = facts
        self._said = {
            (spelled(fact.table), fact.column, _bare(fact.value))
            for fact in said
            if isinstance(fact, Backfilled)
        }
        self._before: dict[str, Table] = {
            name: table for name, table in self._old.items() if name in self._new
        }
        self._tables = tuple(self._renamed_tables())
        self._before |= {rename.new: self._old[rename.old] for rename in self._tables}

    def _renamed_tables(self) -> Iterator[Rename]:
        taken: set[str] = set()
        for fact in self._facts:
            if not isinstance(fact, Renamed) or fact.kind != "table" or fact.new in taken | self._old.keys():
                continue
            if fact.old in self._old and fact.old not in self._new:
                taken.add(fact.new)
                yield Rename("table", None, fact.old, fact.new)

    def renames(self) -> Iterator[Rename]:
        yield from self._tables
        taken: set[tuple[Name | None, str]] = set()
        for fact in self._facts:
            if isinstance(fact, Renamed) and fact.kind != "table" and (fact.table, fact.new) not in taken:
                if self._is_renamed(fact):
                    taken.add((fact.table, fact.new))
                    yield Rename(fact.kind, fact.table, fact.old, fact.new)
            elif isinstance(fact, Relabelled) and fact.new is not None and self._has_label(fact):
                yield self._relabelling(fact, fact.new)
            elif isinstance(fact, EnumRelabelled) and fact.new is not None and self._has_value(fact):
                yield Rename("enum value", self._new_enums[fact.enum], fact.old, fact.new)

    def _is_renamed(self, fact: Renamed) -> bool:
        if fact.kind == "enum":
            gone, there = (
                self._enums.keys() - self._new_enums.keys(),
                self._new_enums.keys() - self._enums.keys(),
            )
            return fact.old in gone and fact.new in there
        before, after = self._sides(fact.table)
        if fact.by_target and not self._leads_alike(before, fact.old, after, fact.new):
            return False
        names = _names_of(before, fact.kind), _names_of(after, fact.kind)
        return fact.old in names[0] - names[1] and fact.new in names[1] - names[0]

    def _leads_alike(self, before: Table | None, old: str, after: Table | None, new: str) -> bool:
        """Whether two columns refer to one table, be it called otherwise now."""
        was, now = _targets(before, old), _targets(after, new)
        renamed = {rename.new: rename.old for rename in self._tables}
        return bool(was & {renamed.get(name, name) for name in now})

    def removals(self) -> Iterator[Removal]:
        said = tuple(self._said_removals())
        yield from said
        known = {(each.kind, each.table, each.name) for each in said}
        yield from (each for each in self._undeclared() if (each.kind, each.table, each.name) not in known)

    def _undeclared(self) -> Iterator[Removal]:
        """What the system keeps for a declaration (webhooks, sign-in, streams) goes with it, and is kept aside."""
        for name, table in self._old.items():
            if table.name.schema != APP:
                continue
            after = self._new.get(name)
            if after is None:
                yield Removal("table", None, name, archive=True)
                continue
            gone = sorted(_names_of(table, "column") - _names_of(after, "column"))
            yield from (Removal("column", table.name, column, archive=True) for column in gone)
        for name, enum in self._enums.items():
            if enum.name.schema == APP and name not in self._new_enums:
                yield Removal("enum", None, name, archive=True)

    def _said_removals(self) -> Iterator[Removal]:
        for fact in self._facts:
            if isinstance(fact, RemovedSql):
                yield from removals_of_sql(fact)
            elif isinstance(fact, Removed):
                for name in self._gone(fact):
                    yield Removal(fact.kind, fact.table, name, fact.archive)
                    yield from self._partitions(fact, name)
                yield from self._dropped_part(fact)
            elif isinstance(fact, Relabelled) and fact.new is None and self._has_label(fact):
                enum = self._native(fact)
                table, column = (fact.table, fact.column) if enum is None else (self._enum_now(enum), None)
                yield Removal("enum value", table, fact.old, column=column)
            elif isinstance(fact, EnumRelabelled) and fact.new is None and self._has_value(fact):
                yield Removal("enum value", self._new_enums[fact.enum], fact.old)

    def _partitions(self, fact: Removed, name: str) -> Iterator[Removal]:
        """A table goes with its partitions."""
        for table in self._old.values() if fact.kind == "table" else ():
            if table.parent is not None and spelled(table.parent) == name:
                yield Removal("table", None, spelled(table.name), fact.archive)

    def _dropped_part(self, fact: Removed) -> Iterator[Removal]:
        """What is dropped of an entity may be a part of its table."""
        before, _ = self._sides(fact.table)
        if before is None or fact.kind != "column":
            return
        names = {name for old in fact.names for name in (old, f"{before.name.name}_{old}")}
        for table in self._old.values():
            if (
                table.parent == before.name
                and table.name.name in names
                and spelled(table.name) not in self._new
            ):
                yield Removal("table", None, spelled(table.name), fact.archive)

    def _gone(self, fact: Removed) -> Iterator[str]:
        """A field may have been a value or a relation: each name that the database had is meant."""
        if fact.kind == "column":
            before, after = self._sides(fact.table)
            there, still = _names_of(before, "column"), _names_of(after, "column")
            yield from sorted(columns_of(before, fact) - still)
        else:
            there = set(self._old) | self._old_views | set(self._enums)
            still = set(self._new) | set(self._new_enums)
        yield from (name for name in fact.names if name in there and name not in still)

    def backfills(self) -> Iterator[Backfill]:
        for fact in self._facts:
            if isinstance(fact, Backfilled) and spelled(fact.table) in self._before:
                if not fact.fallback:
                    yield Backfill(fact.table, fact.column, fact.value, self._was_said(fact))
                elif fact.column not in _names_of(self._before[spelled(fact.table)], "column"):
                    yield Backfill(fact.table, fact.column, fact.value, again=True)

    def _was_said(self, fact: Backfilled) -> bool:
        """Whether the old specification had the same words, of the column as it was called then."""
        table = spelled(self._before[spelled(fact.table)].name)
        renames = (each for each in self._facts if isinstance(each, Renamed) and each.kind == "column")
        was = (each.old for each in renames if (each.table, each.new) == (fact.table, fact.column))
        return any((table, name, _bare(fact.value)) in self._said for name in (fact.column, *was))

    def _sides(self, table: Name | None) -> tuple[Table | None, Table | None]:
        name = spelled(table) if table is not None else ""
        return self._before.get(name), self._new.get(name)

    def _native(self, fact: Relabelled) -> EnumType | None:
        """The enum type of PostgreSQL that the column had; None where a check holds the values."""
        before, _ = self._sides(fact.table)
        for column in before.columns if before is not None else ():
            enum = self._enums.get(column.type.removesuffix("[]"))
            if column.name in self._called(fact) and enum is not None:
                return enum
        return None

    def _enum_now(self, enum: EnumType) -> Name:
        """Return what the type is called on the new side."""
        renames = (
            fact.new
            for fact in self._facts
            if isinstance(fact, Renamed) and fact.kind == "enum" and self._is_renamed(fact)
            if fact.old == spelled(enum.name)
        )
        return self._new_enums.get(next(renames, ""), enum.name)

    def _has_value(self, fact: EnumRelabelled) -> bool:
        """Whether the type, by its name of today or the one before, had the value."""
        renamed = (
            each.old
            for each in self._facts
            if isinstance(each, Renamed) and each.kind == "enum" and each.new == fact.enum
        )
        before = (self._enums.get(name) for name in (fact.enum, *renamed))
        return fact.enum in self._new_enums and any(
            enum is not None and fact.old in enum.labels for enum in before
        )

    def _has_label(self, fact: Relabelled) -> bool:
        before, _ = self._sides(fact.table)
        native = self._native(fact)
        if native is not None:
            return fact.old in native.labels
        return before is not None and any(
            literal(fact.old) in check.condition
            for check in before.checks
            for name in self._called(fact)
            if name in check.condition
        )

    def _called(self, fact: Relabelled) -> set[str]:
        """Return what the column is called, or was, where it is not there under its name."""
        before, _ = self._sides(fact.table)
        if fact.column in _names_of(before, "column"):
            return {fact.column}
        renames = (each for each in self._facts if isinstance(each, Renamed) and each.kind == "column")
        return {each.old for each in renames if (each.table, each.new) == (fact.table, fact.column)}

    def _relabelling(self, fact: Relabelled, new: str) -> Rename:
        enum = self._native(fact)
        if enum is not None:
            return Rename("enum value", self._enum_now(enum), fact.old, new)
        return Rename("enum value", fact.table, fact.old, new, fact.column)


def _targets(table: Table | None, column: str) -> set[str]:
    keys = table.foreign_keys if table is not None else ()
    return {spelled(key.target) for key in keys if column in key.columns}


def _bare(value: str) -> str:
    """Return an expression without what changes with the type of what it speaks of: casts, and how numbers are written."""
    return _TYPED.sub("", value)


def _names_of(table: Table | None, kind: str) -> set[str]:
    if table is None:
        return set()
    if kind == "column":
        return {column.name for column in table.columns}
    if kind == "index":
        return {index.name for index in table.indexes}
    keys = {key.name for key in table.uniques} | {key.name for key in table.foreign_keys}
    return keys | {check.name for check in table.checks} | {each.name for each in table.exclusions}
