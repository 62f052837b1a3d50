"""Renames that PostgreSQL makes in an instant. A table keeps its old name as a view until the contract, so that the old code works."""

from collections.abc import Iterable, Sequence

from bdc.catalog import Table, View
from bdc.catalog.create import create_view
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal, name_list, print_statement
from bdc.plan.dependents import create_view_texts, drop_view_text
from bdc.plan.hints import spelled
from bdc.plan.making import alter, key, member
from bdc.plan.operation import Hazard
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def shim(table: Table, new: Name) -> View:
    """Return the view under the old name: readers and writers use it with their own rights."""
    columns = name_list(column.name for column in table.columns)
    return View(
        name=table.name,
        query=f"select {columns} from {full(new)}",
        options="security_invoker=true",
        rights=tuple(
            right for right in table.rights if right.privilege.lower() not in ("maintain", "trigger")
        ),
    )


def rename_table(table: Table, new: Name) -> Step:
    old, view = table.name, shim(table, new)
    moved = (old.schema or "public") != (new.schema or "public")
    between = Name(old.name, new.schema) if moved else old
    forth = [alter(old, f"set schema {quote(new.schema or 'public')}")] if moved else []
    back = [alter(between, f"set schema {quote(old.schema or 'public')}")] if moved else []
    if old.name != new.name:
        forth.append(alter(between, f"rename to {quote(new.name)}"))
        back.insert(0, alter(new, f"rename to {quote(old.name)}"))
    return Step(
        key=key("rename-table", new),
        title=f"Table {spelled(old)} is {spelled(new)}; a view keeps the old name until the contract",
        phase="expand",
        rank=8,
        statements=(*forth, *(print_statement(each) for each in create_view(view))),
        locks={full(old): ACCESS_EXCLUSIVE},
        needs=frozenset({f"schema {new.schema}"}) if moved else frozenset(),
        alone=True,
        undo=(f"drop view {full(old)};", *back),
        hazards=(
            Hazard(
                code="RENAME_TABLE",
                object=spelled(new),
                message=f"{spelled(old)} is a view until the contract",
            ),
        ),
    )


def rename_object(word: str, old: Name, new: Name) -> Step:
    """`word`: type, domain, sequence, view, materialized view."""
    moved = (old.schema or "public") != (new.schema or "public")
    between = Name(old.name, new.schema) if moved else old
    forth = [f"alter {word} {full(old)} set schema {quote(new.schema or 'public')};"] if moved else []
    back = [f"alter {word} {full(between)} set schema {quote(old.schema or 'public')};"] if moved else []
    if old.name != new.name:
        forth.append(f"alter {word} {full(between)} rename to {quote(new.name)};")
        back.insert(0, f"alter {word} {full(new)} rename to {quote(old.name)};")
    return Step(
        key=key(f"rename-{word}", new),
        title=f"The {word} {spelled(old)} is called {spelled(new)}",
        phase="expand",
        rank=7,
        statements=tuple(forth),
        locks={full(old): ACCESS_EXCLUSIVE} if word == "materialized view" else {},
        undo=tuple(back),
        hazards=() if word == "sequence" else (_breaks(spelled(new), spelled(old)),),
    )


def _breaks(name: str, old: str) -> Hazard:
    return Hazard(code="RENAME_BREAKS", object=name, message=f"code that says {old} fails from here on")


def rename_schema(old: str, new: str) -> Step:
    return Step(
        key=key("rename-schema", new),
        title=f"Schema {old} is called {new}",
        phase="expand",
        rank=6,
        statements=(f"alter schema {quote(old)} rename to {quote(new)};",),
        alone=True,
        undo=(f"alter schema {quote(new)} rename to {quote(old)};",),
        hazards=(_breaks(new, old),),
    )


def rename_label(enum: Name, old: str, new: str) -> Step:
    def text(before: str, after: str) -> str:
        return f"alter type {full(enum)} rename value {literal(before)} to {literal(after)};"

    return Step(
        key=key("rename-enum-value", enum, new),
        title=f"{old} of {spelled(enum)} is called {new}",
        phase="expand",
        rank=13,
        statements=(text(old, new),),
        alone=True,
        undo=(text(new, old),),
        hazards=(_breaks(f"{spelled(enum)}.{new}", old),),
    )


def rename_column(table: Name, old: str, new: str, locked: Iterable[Name], views: Sequence[View]) -> Step:
    """For what cannot be written twice: parts of keys, generated and numbered columns, columns of partitions. `views` that speak of
    the column are made again later, as the new state has them."""
    return Step(
        key=key("rename-column", table, new),
        title=f"{member(table, old)} is called {new}",
        phase="expand",
        rank=9,
        statements=(
            *(drop_view_text(view) for view in reversed(views)),
            alter(table, f"rename column {quote(old)} to {quote(new)}"),
        ),
        locks={
            full(each): ACCESS_EXCLUSIVE
            for each in (*locked, *(view.name for view in views if view.materialized))
        },
        undo=(
            alter(table, f"rename column {quote(new)} to {quote(old)}"),
            *(text for view in views for text in create_view_texts(view)),
        ),
        hazards=(_breaks(member(table, new), old),),
    )


_OF_TABLE = {"policies": "policy", "triggers": "trigger"}


def rename_member(table: Name, kind: str, old: str, new: str, locked: Iterable[Name]) -> Step:
    """`kind`: the attribute of a table that holds the member."""

    def text(before: str, after: str) -> str:
        if kind == "indexes":
            return f"alter index {full(Name(before, table.schema))} rename to {quote(after)};"
        if kind in _OF_TABLE:
            return f"alter {_OF_TABLE[kind]} {quote(before)} on {full(table)} rename to {quote(after)};"
        return alter(table, f"rename constraint {quote(before)} to {quote(after)}")

    mode = None if kind == "indexes" else ACCESS_EXCLUSIVE
    return Step(
        key=key("rename", table, new),
        title=f"{old} of {spelled(table)} is called {new}",
        phase="expand",
        rank=9,
        statements=(text(old, new),),
        locks={full(each): mode for each in locked} if mode is not None else {},
        undo=(text(new, old),),
    )
