"""`@embed`: the members of a struct as columns, with what the struct says of their past."""

from collections.abc import Iterator

from bdc import ir
from bdc.ddl.names import quote
from bdc.lowering.context import Context
from bdc.lowering.evolution import lower_removal
from bdc.model.nodes.entity import Embedded, Entity, ScalarField
from bdc.model.nodes.values import Entry, Struct
from bdc.naming.sql import fitted

_BOOL = ir.ScalarType(scalar=ir.Scalar.BOOL)


def embedded_columns(context: Context, field: ScalarField) -> list[ir.Column]:
    """Return the columns of an embedded struct."""
    struct = _struct(context, field)
    return [_column(context, field, each, struct.find(each.member)) for each in field.embedded]


def dropped_members(context: Context, entity: Entity) -> Iterator[ir.Removal]:
    """Yield what embedded structs of `entity` have dropped, as columns of its table."""
    for field in entity.fields:
        if isinstance(field, ScalarField) and field.embedded:
            for removal in _struct(context, field).dropped:
                name = _former(field, removal.name)
                lowered = lower_removal(context, removal)
                yield lowered.model_copy(update={"kind": "field", "names": name})


def _struct(context: Context, field: ScalarField) -> Struct:
    assert isinstance(field.type, ir.StructType)
    return context.model.structs[field.type.name]


def _column(context: Context, field: ScalarField, piece: Embedded, entry: Entry | None) -> ir.Column:
    assert entry is not None
    members = (piece.member, *entry.was)
    former = (name for member in members for name in _former(field, member))
    default = None if entry.nullable or entry.default is None else entry.default
    return ir.Column(
        name=piece.column,
        type=piece.type,
        nullable=piece.nullable,
        immutable=field.immutable,
        was=tuple(name for name in dict.fromkeys(former) if name != piece.column),
        backfill=_value(field, piece, entry.backfill),
        fallback=_value(field, piece, default),
        doc=field.doc,
        origin=context.origin(field.span),
    )


def _former(field: ScalarField, member: str) -> tuple[str, ...]:
    """Return what the column of a member may be called, or have been."""
    first = field.embedded[0]
    prefix = first.column.removesuffix(first.member)
    return tuple(fitted(f"{each}{member}") for each in (prefix, *(f"{old}_" for old in field.was)))


def _value(field: ScalarField, piece: Embedded, value: ir.Expr | None) -> ir.Expr | None:
    """Return what old rows get; none where the whole struct may be missing and is."""
    others = [quote(each.column) for each in field.embedded if each is not piece]
    if value is None or not field.nullable or not others:
        return value
    there = ir.SqlText(sql=f"num_nonnulls({', '.join(others)}) > 0", type=_BOOL)
    nothing = ir.Literal(value=None, type=piece.type, nullable=True)
    return ir.If(condition=there, then=value, otherwise=nothing, type=piece.type, nullable=True)
