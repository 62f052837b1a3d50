"""What a specification says about the past of values inside columns: members of structs, and values of enums in lists and structs."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ir import ArrayType, Expr, ListLiteral, StructField, StructType, SystemIR, Type
from bdc.query import types
from bdc.query.expressions import lower
from bdc.query.jsontext import TextBuilder, json_kind, json_text
from bdc.query.scope import Scope
from bdc.query.sealing import place_sql, row_key, sealed_fields
from bdc.query.trees import print_sql
from bdc.schema.evolution import relabelled
from bdc.schema.names import name_of
from bdc.schema.shapes import column_shape
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class MemberFact:
    """A member of the values in a column, at `path` (lists are passed through). `was`: its former names. `value`: SQL of the jsonb value that
    it gets where there is none."""

    table: Name
    column: str
    path: tuple[str, ...]
    was: tuple[str, ...]
    value: str | None


@dataclass(frozen=True, slots=True)
class RemovalFact:
    """The member at `path` is gone on purpose. `archive`: its values are kept aside."""

    table: Name
    column: str
    path: tuple[str, ...]
    archive: bool


@dataclass(frozen=True, slots=True)
class LabelFact:
    """The stored value `old` of an enum is `new`, or gone."""

    enum: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class SealFact:
    """What the values of a column are bound to when they are encrypted: `place`, SQL over the row of `table.column|tenant|key|`; `by_row`: to
    the key too."""

    table: Name
    column: str
    place: str
    by_row: bool


ValueFact = MemberFact | RemovalFact | LabelFact | SealFact


def value_history(system: SystemIR) -> Iterator[ValueFact]:
    """Yield the words of every column that has a shape, and of every enum."""
    for enum in system.enums:
        yield from (LabelFact(enum.name, old, new) for old, new in relabelled(enum))
    for entity in system.entities:
        for field in sealed_fields(entity):
            place = place_sql(system, entity, field, "sealed")
            by_row = row_key(entity) is not None
            yield SealFact(name_of(system.table(entity.table)), field.column, place, by_row)
    for table in system.tables:
        for column in table.columns:
            if not column.encrypted and column_shape(system, column.type) is not None:
                yield from _members(system, (name_of(table), column.name), column.type)


def _members(
    system: SystemIR,
    place: tuple[Name, str],
    logical: Type,
    path: tuple[str, ...] = (),
    around: tuple[str, ...] = (),
) -> Iterator[ValueFact]:
    item = logical.item if isinstance(logical, ArrayType) else logical
    if not isinstance(item, StructType) or item.name in around:
        return
    struct = system.struct(item.name)
    for removal in struct.dropped:
        yield RemovalFact(*place, (*path, removal.name), not removal.discard)
    for field in struct.fields:
        here = (*path, field.name)
        yield MemberFact(*place, here, field.was, _value(system, field))
        yield from _members(system, place, field.type, here, (*around, item.name))


def _value(system: SystemIR, field: StructField) -> str | None:
    given = field.backfill if field.backfill is not None else field.default
    if given is not None:
        return _json(system, field.type, given)
    return "'null'::jsonb" if field.nullable else None


def _json(system: SystemIR, logical: Type, value: Expr) -> str:
    if isinstance(value, ListLiteral) and not value.items:
        return "'[]'::jsonb"
    sql = f"({print_sql(lower(value, Scope(system)))})::{types.plain_type(logical)}"
    builder = TextBuilder()
    builder.compute(json_text(json_kind(logical), sql, nullable=True))
    return f"({builder.sql()})::jsonb"
