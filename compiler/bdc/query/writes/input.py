"""Members of the input (jsonb, validated by the service) as typed SQL values."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import ArrayType, ReferenceField, Scalar, ScalarField, ScalarType, StructType, Type, vector_length
from bdc.query.names import identifier
from bdc.query.trees import call, cast, equal, text
from bdc.query.types import sql_type
from bdc.query.writes.names import either


def member_value(source: exp.Expression, name: str, logical: Type) -> exp.Expression:
    """Return member `name` of jsonb `source` as its SQL type: null when it is absent or null."""
    match logical:
        case StructType() | ScalarType(scalar=Scalar.JSON) | ArrayType(item=StructType()):
            return call("nullif", member(source, name), text("null"))
        case ArrayType() if vector_length(logical) is None:
            return _array(member(source, name), logical.item, sql_type(logical).removesuffix("[]"))
        case ScalarType(scalar=Scalar.BYTES):
            return call("decode", member_text(source, name), text("base64"))
    as_type = sql_type(logical)
    found = member_text(source, name)
    return found if as_type == "text" else cast(found, as_type)


def member(source: exp.Expression, name: str) -> exp.Expression:
    """`source -> 'name'`"""
    return exp.JSONExtract(this=source, expression=text(name))


def pieces(field: ScalarField, value: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    """Yield the columns of an embedded struct, each with its part of jsonb `value`; a plain null has no type to take parts of."""
    if isinstance(value, exp.Null):
        value = cast(value, "jsonb")
    for each in field.embedded:
        yield each.column, member_value(value.copy(), each.member, each.type)


def member_text(source: exp.Expression, name: str) -> exp.Expression:
    """`source ->> 'name'`"""
    return exp.JSONExtractScalar(this=source, expression=text(name))


def is_present(source: exp.Expression, name: str) -> exp.Expression:
    """`source ? 'name'`: present, be it null."""
    return exp.JSONBContainsTopKey(this=source, expression=text(name))


def _array(source: exp.Expression, logical: Type, item: str) -> exp.Expression:
    scalar = logical.scalar if isinstance(logical, ScalarType) else None
    elements = exp.Table(
        this=call("jsonb_array_elements" + ("" if scalar is Scalar.JSON else "_text"), source),
        alias=exp.TableAlias(this=identifier("e"), columns=[identifier("item")]),
    )
    value: exp.Expression = exp.Column(this=identifier("item"), table=identifier("e"))
    if scalar is Scalar.BYTES:
        value = call("decode", value, text("base64"))
    value = cast(value, item)
    values = exp.Select(expressions=[value], from_=exp.From(this=elements))
    is_array = equal(call("jsonb_typeof", source.copy()), text("array"))
    return either(is_array, call("array", values), None)


def own_type(field: ScalarField | ReferenceField, key_type: Type | None) -> Type:
    """Return the logical type of a field's column: a reference has the type of the key that it points at."""
    if isinstance(field, ScalarField):
        return field.type
    if key_type is None:
        raise TypeError(f"{field.name} needs the type of its target's key")
    return key_type
