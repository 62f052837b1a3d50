"""Structs in columns of their own: one JSON value for readers, several columns for the table."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import Embedded, Scalar, ScalarField, ScalarType, Type
from bdc.query.scope import Row
from bdc.query.trees import call, cast, equal, number, text


def own_value(row: Row, field: ScalarField) -> exp.Expression:
    """Return the value of a field: its column, or the object that its columns are; null where all of them are."""
    if not field.embedded:
        return row.column(field.column)
    parts = [part for each in field.embedded for part in (text(each.member), _part(row, each))]
    made = call("jsonb_build_object", *parts)
    if not field.nullable:
        return made
    some = call("num_nonnulls", *(row.column(each.column) for each in field.embedded))
    return exp.Case(ifs=[exp.If(this=equal(some, number(0)), true=exp.Null())], default=made)


def _part(row: Row, each: Embedded) -> exp.Expression:
    """As JSON has it: what is exact as text, bytes in base64."""
    column = row.column(each.column)
    match _scalar(each.type):
        case Scalar.DECIMAL:
            return cast(column, "text")
        case Scalar.BYTES:
            return call("encode", column, text("base64"))
    return column


def _scalar(logical: Type) -> Scalar | None:
    return logical.scalar if isinstance(logical, ScalarType) else None


def columns_of(field: ScalarField) -> Iterator[str]:
    """Yield the columns that a field has."""
    if field.embedded:
        yield from (each.column for each in field.embedded)
    else:
        yield field.column
