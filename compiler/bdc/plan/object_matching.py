"""Which old thing a new one is: by its name, else by what a hint says; names of constraints and indexes also by what they are.

What comes out is the old state under its new names, so that everything after this compares like with like.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bdc.catalog import Database, Table
from bdc.ddl.names import Name
from bdc.ddl.printer import literal
from bdc.plan import shared_names
from bdc.plan.compare import equal_tables
from bdc.plan.dependents import views_on
from bdc.plan.hints import Hints, Rename
from bdc.plan.operations.tables import renames
from bdc.plan.renamed_state import with_column, with_member, with_names, with_texts, without_views
from bdc.plan.sql_identifiers import speaks_of, words
from bdc.plan.step import Step
from bdc.plan.typing_rules import own_type

_MEMBERS = ("primary_key", "uniques", "checks", "foreign_keys", "exclusions", "indexes")
_BY_HINT = {
    "constraint": ("primary_key", "uniques", "checks", "foreign_keys", "exclusions"),
    "index": ("indexes",),
    "policy": ("policies",),
    "trigger": ("triggers",),
}


@dataclass
class Identified:
    """`old`: the old state under new names. `dual`: (table, new column) → the old column that it takes over from. `labels`:
    (table, column, old value, new value) where a check holds the values. `replaced`: values of an enum that go, and what takes their
    place, (enum, old) → new. `equal`: tables that are the same in both. `tables`, `columns`: what is renamed at once,
    new → old. `remade`: views that step aside for a rename, and are made again."""

    old: Database
    dual: dict[tuple[Name, str], str] = field(default_factory=dict)
    labels: list[tuple[Name, str, str, str]] = field(default_factory=list)
    replaced: dict[tuple[Name, str], str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    equal: frozenset[Name] = frozenset()
    tables: dict[Name, Name] = field(default_factory=dict)
    columns: dict[tuple[Name, str], str] = field(default_factory=dict)
    remade: set[Name] = field(default_factory=set)


def identify(old: Database, new: Database, hints: Hints) -> Identified:
    """Return the old state as the new one calls it, with the steps that make it so."""
    found = Identified(old)
    if hints.renames:
        _schemas(found, new, hints)
        _objects(found, new, hints)
        _labels(found, new, hints)
        _columns(found, new, hints)
    _make_way(found, new)
    if hints.renames:
        _said_members(found, new, hints)
    found.equal = equal_tables(found.old, new)
    _same_members(found, new)
    before = found.old
    _same_sequences(found, new)
    if found.old is not before:
        found.equal = equal_tables(found.old, new)
    return found


def _of(hints: Hints, kind: str) -> Iterator[Rename]:
    return (each for each in hints.renames if each.kind == kind)


def _parsed(name: str) -> Name:
    schema, dot, own = name.rpartition(".")
    return Name(own, schema) if dot and schema != "public" else Name(own)


def _schemas(found: Identified, new: Database, hints: Hints) -> None:
    for each in _of(hints, "schema"):
        if each.old in {schema.name for schema in found.old.schemas} and each.new not in {
            schema.name for schema in found.old.schemas
        }:
            found.steps.append(renames.rename_schema(each.old, each.new))
            found.old = _in_schema(found.old, each.old, each.new)


def _in_schema(state: Database, old: str, new: str) -> Database:
    groups = (state.tables, state.enums, state.domains, state.sequences, state.views)
    names = {
        each.name: Name(each.name.name, new) for group in groups for each in group if each.name.schema == old
    }
    moved = with_names(state, names)
    routines = tuple(
        each.model_copy(update={"name": Name(each.name.name, new)}) if each.name.schema == old else each
        for each in moved.routines
    )
    schemas = tuple(
        each.model_copy(update={"name": new}) if each.name == old else each for each in moved.schemas
    )
    return moved.model_copy(update={"schemas": schemas, "routines": routines})


_WORDS = {"enum": "type", "domain": "domain", "sequence": "sequence"}


def _objects(found: Identified, new: Database, hints: Hints) -> None:
    """Tables, types, sequences and views, all at once: two may exchange their names with a third."""
    names: dict[Name, Name] = {}
    shims = []
    for kind, member in (
        ("enum", "enums"),
        ("domain", "domains"),
        ("sequence", "sequences"),
        ("view", "views"),
        ("table", "tables"),
    ):
        before = {each.name: each for each in getattr(found.old, member)}
        after = {each.name for each in getattr(new, member)}
        for each in _of(hints, kind):
            was, now = _parsed(each.old), _parsed(each.new)
            if was not in before or was in after or now not in after or now in before:
                continue
            names[was] = now
            if kind == "table":
                found.tables[now] = was
                found.steps.append(renames.rename_table(before[was], now))
                shims.append(renames.shim(before[was], now))
            else:
                word = (
                    "materialized view"
                    if getattr(before[was], "materialized", False)
                    else _WORDS.get(kind, "view")
                )
                found.steps.append(renames.rename_object(word, was, now))
    found.old = with_names(found.old, names)
    found.old = found.old.model_copy(update={"views": (*found.old.views, *shims)})


def _labels(found: Identified, new: Database, hints: Hints) -> None:
    for each in _of(hints, "enum value"):
        if each.table is None:
            continue
        if each.column is not None:
            found.labels.append((each.table, each.column, each.old, each.new))
            continue
        enum = next((enum for enum in found.old.enums if enum.name == each.table), None)
        after = next((enum for enum in new.enums if enum.name == each.table), None)
        if enum is None or after is None or each.old not in enum.labels or each.old in after.labels:
            continue
        if each.new in enum.labels:
            found.replaced[enum.name, each.old] = each.new
        else:
            found.steps.append(renames.rename_label(enum.name, each.old, each.new))
            found.old = _with_label(found.old, enum.name, each.old, each.new)


def _with_label(state: Database, enum: Name, old: str, new: str) -> Database:
    """Constants of the enum are known by identity: their text follows."""

    def text(said: str) -> str:
        return said.replace(literal(old), literal(new))

    def labelled(found: Any) -> Any:
        labels = tuple(new if label == old else label for label in found.labels)
        return found.model_copy(update={"labels": labels}) if found.name == enum else found

    uses = [
        table.name
        for table in state.tables
        if any(enum.name in words(column.type) for column in table.columns)
    ]
    return state.model_copy(
        update={
            "enums": tuple(map(labelled, state.enums)),
            "tables": tuple(
                with_texts(table, text) if table.name in uses else table for table in state.tables
            ),
        }
    )


def _columns(found: Identified, new: Database, hints: Hints) -> None:
    after = {table.name: table for table in new.tables}
    for each in _of(hints, "column"):
        table = next((table for table in found.old.tables if table.name == each.table), None)
        if table is None or table.name not in after:
            continue
        names = {column.name for column in table.columns}
        wanted = {column.name for column in after[table.name].columns}
        if each.old not in names or each.old in wanted or each.new not in wanted or each.new in names:
            continue
        if _is_instant(found.old, new, table, after[table.name], each.old, each.new):
            family = [table.name, *(other.name for other in found.old.tables if other.parent == table.name)]
            found.columns[table.name, each.new] = each.old
            views = views_on(found.old, table.name, each.old)
            found.steps.append(renames.rename_column(table.name, each.old, each.new, family, views))
            named = with_column(found.old, table.name, each.old, each.new)
            found.remade |= {view.name for view in views}
            found.old = without_views(named, found.remade)
        else:
            found.dual[table.name, each.new] = each.old


def _is_instant(state: Database, after: Database, table: Table, wanted: Table, old: str, new: str) -> bool:
    """Whether a column cannot be written twice: keys that others refer to, numbers, generated values, partitions."""
    column, becomes = table.column(old), wanted.column(new)
    if (
        column.identity
        or column.generated
        or becomes.identity
        or becomes.generated
        or table.partition_by
        or table.parent
    ):
        return True
    if any(speaks_of(other.generated, {old}) for other in table.columns):
        return True
    if any((each.checks or each.not_null) and own_type(becomes.type, each.name) for each in after.domains):
        return True  # a second column of a domain that judges is written in every row, under the lock
    if table.primary_key is not None and old in table.primary_key.columns:
        return True
    if any(sequence.owner == (table.name, old) for sequence in state.sequences):
        return True
    return any(
        key.target == table.name and old in key.target_columns
        for other in state.tables
        for key in other.foreign_keys
    )


def _said_members(found: Identified, new: Database, hints: Hints) -> None:
    for kind, members in _BY_HINT.items():
        for each in _of(hints, kind):
            if each.table is not None:
                for member in members:
                    _rename_member(found, new, each.table, member, each.old, each.new)


def _rename_member(found: Identified, new: Database, table: Name, kind: str, old: str, name: str) -> None:
    before = next((each for each in found.old.tables if each.name == table), None)
    after = next((each for each in new.tables if each.name == table), None)
    if before is None or after is None:
        return
    was, now = _names(before, kind), _names(after, kind)
    if old in was and name in now and old not in now and name not in was:
        _free(found, table, kind, name)
        _call(found, table, kind, old, name)


def _make_way(found: Identified, new: Database) -> None:
    """An index whose name something else gets is called otherwise first: it may stay until the contract."""
    for holder, name, free in tuple(shared_names.in_the_way(found.old, new)):
        _call(found, holder.table, holder.member, name, free)


def _free(found: Identified, table: Name, kind: str, name: str) -> None:
    """Of one table too: a key may get the name of an index that goes."""
    holder = shared_names.holding(found.old, table, name)
    if holder is not None and (holder.table, holder.member) != (table, kind) and kind in shared_names.INDEXED:
        taken = set(shared_names.holders(found.old))
        free = shared_names.aside(Name(name, table.schema), taken)
        _call(found, holder.table, holder.member, name, free)


def _call(found: Identified, table: Name, kind: str, old: str, name: str) -> None:
    found.steps.append(renames.rename_member(table, kind, old, name, _held(found.old, table, kind)))
    found.old = with_member(found.old, table, kind, old, name)


def _members(table: Table, kind: str) -> tuple[Any, ...]:
    value = getattr(table, kind)
    if kind == "primary_key":
        return (value,) if value is not None else ()
    return tuple(value)


def _names(table: Table, kind: str) -> set[str]:
    return {each.name for each in _members(table, kind)}


def _same_members(found: Identified, new: Database) -> None:
    """Constraints and indexes have no data of their own: the same one under another name is a rename."""
    before = {table.name: table for table in found.old.tables}
    for table in new.tables:
        was = before.get(table.name)
        if was is None or table.name in found.equal or was.parent is not None:
            continue
        for kind in _MEMBERS:
            for old, name in _pairs(was, table, kind):
                _free(found, table.name, kind, name)
                _call(found, table.name, kind, old, name)


def _held(state: Database, table: Name, kind: str) -> list[Name]:
    """Return what a rename locks: a check is of each partition too."""
    parts = [each.name for each in state.tables if each.parent == table] if kind == "checks" else []
    return [table, *parts]


def _pairs(old: Table, new: Table, kind: str) -> Iterator[tuple[str, str]]:
    before, after = _names(old, kind), _names(new, kind)
    added = [each for each in _members(new, kind) if each.name not in before]
    free: dict[Any, str] = {_bare(each): each.name for each in reversed(added)}
    for each in _members(old, kind):
        name = free.pop(_bare(each), None) if each.name not in after else None
        if name is not None:
            yield each.name, name


def _bare(member: Any) -> Any:
    return member.model_copy(update={"name": "", "comment": None})


def _same_sequences(found: Identified, new: Database) -> None:
    """A sequence is known by the column that owns it."""
    before = {sequence.name for sequence in found.old.sequences}
    owned = {sequence.owner: sequence.name for sequence in new.sequences if sequence.owner is not None}
    wanted = set(owned.values())
    names: dict[Name, Name] = {}
    for sequence in found.old.sequences:
        name = owned.get(sequence.owner) if sequence.owner is not None else None
        if name is not None and name != sequence.name and name not in before and sequence.name not in wanted:
            names[sequence.name] = name
            found.steps.append(renames.rename_object("sequence", sequence.name, name))
    found.old = with_names(found.old, names)
