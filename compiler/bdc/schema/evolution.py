"""What a specification says about its past, in the names of the database: for who plans from an older schema.

Each old name is a candidate: a column may have carried a value or a relation, and an edge that lies behind leaves its words in the
specification. Who plans takes those that the older schema has.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from bdc.ddl.names import Name
from bdc.ir import ArrayType, EnumDecl, EnumType, ReferenceField, SystemIR, Table, label_of
from bdc.naming.casing import snake
from bdc.naming.references import key_member
from bdc.schema.names import name_of
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Renamed:
    """`old` is now `new`. `table`: the table it belongs to, by its new name; None for tables and enums. `by_target`: a column that nobody
    called so, which is the same where it leads to the same table."""

    kind: Literal["table", "column", "index", "constraint", "enum"]
    table: Name | None
    old: str
    new: str
    by_target: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """Gone on purpose, under one of `names`. `archive`: what it holds is kept aside first. `embedded`: in columns called after the first
    name."""

    kind: Literal["table", "column", "view", "enum"]
    table: Name | None
    names: tuple[str, ...]
    archive: bool
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class RemovedSql:
    """Something that SQL of the specification made is gone on purpose; `text` names it as DROP would."""

    text: str
    archive: bool


@dataclass(frozen=True, slots=True)
class Relabelled:
    """Rows whose `column` holds `old` shall hold `new`; without `new` there are none, or the change is refused."""

    table: Name
    column: str
    old: str
    new: str | None
    array: bool = False


@dataclass(frozen=True, slots=True)
class EnumRelabelled:
    """The value `old` of a PostgreSQL enum, as hints spell its name, is `new` now, or gone; whether or not a column has the type."""

    enum: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What old rows get in a column that is new, or has another type: SQL over the row, columns bare. `fallback`: only in a new one."""

    table: Name
    column: str
    value: str
    fallback: bool = False


Fact = Renamed | Removed | Relabelled | EnumRelabelled | Backfilled | RemovedSql


def evolution(system: SystemIR) -> Iterator[Fact]:
    """Yield what the words `@was`, `dropped` and `@backfill` say of tables and what belongs to them."""
    for table in system.tables:
        yield from _renamed(table)
        yield from _chosen(system, table)
        yield from _removed(table)
        yield from _relabelled(system, table)
        yield from _backfilled(system, table)
    for view in system.views:
        # A view holds nothing: under another name it is made anew.
        yield from (Removed("view", None, (old,), archive=False) for old in view.was)
    for enum in system.enums:
        if enum.native is not None:
            yield from (
                Renamed("enum", None, _placed(enum, old), _placed(enum, enum.native))
                for old in enum.native_was
            )
            native = _placed(enum, enum.native)
            yield from (EnumRelabelled(native, old, new) for old, new in relabelled(enum))
    kinds: dict[str, Literal["table", "view", "enum"]] = {"entity": "table", "view": "view", "enum": "enum"}
    for removal in system.dropped:
        if removal.kind in kinds:
            yield Removed(kinds[removal.kind], None, removal.names, not removal.discard)
        elif removal.kind == "sql":
            yield from (RemovedSql(text, not removal.discard) for text in removal.names)


def _placed(enum: EnumDecl, name: str) -> str:
    return name if enum.schema_name in (None, "public") else f"{enum.schema_name}.{name}"


def _renamed(table: Table) -> Iterator[Renamed]:
    name = name_of(table)
    yield from _renamed_table(table, table.name, table.was)
    for part in table.partitioning.partitions if table.partitioning is not None else ():
        yield from _renamed_table(table, part.name, part.was)
    for column in table.columns:
        yield from (Renamed("column", name, old, column.name) for old in column.was)
    for index in table.indexes:
        yield from (Renamed("index", name, old, index.name) for old in index.was)
    for key in table.uniques:
        kind: Literal["index", "constraint"] = "constraint" if key.where is None else "index"
        yield from (Renamed(kind, name, old, key.name) for old in key.was)
    for check in table.checks:
        yield from (Renamed("constraint", name, old, check.name) for old in check.was)


def _renamed_table(table: Table, now: str, was: Iterable[str]) -> Iterator[Renamed]:
    """It may have come from schema `public` too."""
    schema = table.schema_name
    for old in was:
        if schema not in (None, "public"):
            yield Renamed("table", None, f"{schema}.{old}", f"{schema}.{now}")
        yield Renamed("table", None, old, now if schema in (None, "public") else f"{schema}.{now}")


def _chosen(system: SystemIR, table: Table) -> Iterator[Renamed]:
    """A reference may have been one of a choice of that name, and one of a choice the reference of that name."""
    entity, name = system.entity(table.entity), name_of(table)
    arms = {field: arc.name for arc in entity.arcs for field in arc.fields}
    for field in entity.fields:
        if not isinstance(field, ReferenceField) or field.carriers or len(field.columns) != 1:
            continue
        if field.name in arms:
            yield Renamed("column", name, key_member(arms[field.name]), field.column, by_target=True)
        else:
            old = f"{field.name}_{snake(field.target)}_id"
            yield Renamed("column", name, old, field.column, by_target=True)


def _removed(table: Table) -> Iterator[Removed]:
    for removal in table.dropped:
        yield Removed("column", name_of(table), removal.names, not removal.discard, removal.embedded)


def _relabelled(system: SystemIR, table: Table) -> Iterator[Relabelled]:
    for column in table.columns:
        array = isinstance(column.type, ArrayType)
        item = column.type.item if isinstance(column.type, ArrayType) else column.type
        if not isinstance(item, EnumType) or column.encrypted:
            continue
        enum = system.enum(item.name)
        for old, new in relabelled(enum):
            yield Relabelled(name_of(table), column.name, old, new, array)


def relabelled(enum: EnumDecl) -> Iterator[tuple[str, str | None]]:
    """Yield the stored values that are gone, each with the one that takes its place (None: there is none)."""
    labels = {value.name: label_of(value) for value in enum.values}
    yield from ((old, labels[value.name]) for value in enum.values for old in value.was)
    for removal in enum.dropped:
        yield removal.name, labels.get(removal.replacement or "")


def _backfilled(system: SystemIR, table: Table) -> Iterator[Backfilled]:
    values = [(column, column.backfill or column.fallback) for column in table.columns]
    said = [(column, value) for column, value in values if value is not None]
    if not said:
        return
    # most specifications have none, and who only compares them needs no SQL
    from bdc.query.expressions import lower
    from bdc.query.scope import Scope
    from bdc.query.trees import print_sql

    scope = Scope(system).at(table.entity, "")
    for column, value in said:
        sql = print_sql(lower(value, scope))
        yield Backfilled(name_of(table), column.name, sql, fallback=column.backfill is None)
