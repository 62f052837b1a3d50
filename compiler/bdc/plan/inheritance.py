"""Tables that inherit: what happens to a column of the parent happens to theirs in the same statement."""

import re
from collections.abc import Iterable, Iterator

from bdc.catalog import Database
from bdc.ddl.names import Name
from bdc.plan.compare import Change
from bdc.plan.hints import spelled
from bdc.plan.operation import Refusal
from bdc.plan.refusals import cannot_plan

_SAID = re.compile(r"\s*alter\s+table\s+(?:only\s+)?(\S+)\s+inherit\s+(\S+?)\s*;?\s*\Z", re.IGNORECASE)


def without_inherited(old: Database, new: Database, changes: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes but for those of columns that a table has from one that changes alike. Pure."""
    parents = _parents(old) & _parents(new)
    if not parents:
        yield from changes
        return
    listed = list(changes)
    done = {(each.table, each.name): each for each in listed if each.kind == "column"}
    for change in listed:
        above = (parent for child, parent in parents if child == change.table)
        if change.kind != "column" or not any(
            _is_alike(change, done.get((name, change.name))) for name in above
        ):
            yield change


def changed_parents(old: Database, new: Database, changes: Iterable[Change]) -> Iterator[Refusal]:
    """Yield a refusal for each table that begins or ceases to inherit from one whose columns change too: while both are so, the columns
    are those of the child as well."""
    changed = {each.table for each in changes if each.kind == "column" and each.table is not None}
    there = {table.name for table in old.tables} & {table.name for table in new.tables}
    for child, parent in sorted(_parents(old) ^ _parents(new), key=str):
        if parent in changed and {child, parent} <= there:
            yield cannot_plan(
                spelled(child),
                f"what it inherits from {spelled(parent)} changes together with the columns of that",
                "make the change in two migrations: one for the columns, one for what inherits them",
            )


def _is_alike(change: Change, other: Change | None) -> bool:
    """Whether a column comes, goes or changes as that of the parent does."""
    if other is None or (change.old is None) != (other.old is None):
        return False
    if change.new is None or other.new is None:
        return change.new is None and other.new is None
    return (change.new.type, change.new.default) == (other.new.type, other.new.default)


def _parents(state: Database) -> set[tuple[Name, Name]]:
    found = (_SAID.match(each.definition) for each in state.others)
    return {(_name(each[1]), _name(each[2])) for each in found if each is not None}


def _name(text: str) -> Name:
    schema, dot, name = text.rpartition(".")
    bare = schema.strip('"') if dot else None
    return Name(name.strip('"'), None if bare == "public" else bare)
