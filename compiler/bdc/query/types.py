"""The SQL type of a logical type: one table, for casts in statements and parameters of functions."""

from bdc.ir import ArrayType, EntityType, EnumType, Scalar, ScalarType, StructType, Type
from bdc.ir.physical import base_name, is_array, physical

_SCALARS = {
    Scalar.STRING: "text",
    Scalar.TEXT: "text",
    Scalar.INT: "integer",
    Scalar.BIGINT: "bigint",
    Scalar.FLOAT: "double precision",
    Scalar.BOOL: "boolean",
    Scalar.UUID: "uuid",
    Scalar.DATE: "date",
    Scalar.TIME: "time",
    Scalar.TIMESTAMP: "timestamptz",
    Scalar.DURATION: "interval",
    Scalar.JSON: "jsonb",
    Scalar.BYTES: "bytea",
}


# What a column's type is among values: a cast to the type itself would cut a text, and lose the offset of a time.
_VALUES = {
    "character varying": "text",
    "character": "bpchar",
    "bit": "varbit",
    "bit varying": "varbit",
    "timestamp without time zone": "timestamptz",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "json": "jsonb",
}
# What a column's type is written as in an answer.
_ANSWERS = {"character": "text", "timestamp without time zone": "timestamptz", "json": "jsonb"}


def sql_type(logical: Type) -> str:
    """Return the SQL type of a value. TypeError for a whole row: its key's type is asked for instead."""
    item = logical.item if isinstance(logical, ArrayType) else logical
    db = physical(logical)
    if db is None or (isinstance(item, ScalarType) and item.scalar in _AS_TEXT):
        return plain_type(logical)
    name = base_name(db)
    return _VALUES.get(name, db.removesuffix("[]")) + ("[]" if is_array(db) else "")


def compared_type(logical: Type) -> str:
    """Return the SQL type of a value that is compared as it was given: not rounded to the column's scale."""
    kind = sql_type(logical)
    return "numeric" + kind.partition(")")[2] if kind.startswith("numeric(") else kind


def answer_type(logical: Type) -> str | None:
    """Return what a column's value is cast to before it is written as JSON; None for most."""
    db = physical(logical)
    if db is None or base_name(db) not in _ANSWERS:
        return None
    return _ANSWERS[base_name(db)] + ("[]" if is_array(db) else "")


def column_type(logical: Type) -> str:
    """Return the type that a column of this type has."""
    match logical:
        case ArrayType(item=StructType(), db=None):
            return "jsonb"
        case ArrayType(item=item, db=None):
            return column_type(item) + "[]"
    return physical(logical) or plain_type(logical)


# What the driver cannot pass as it is: it knows no months, and takes the first and the last day of its calendar for infinite.
AS_TEXT = ("date", "interval", "timestamptz")
_AS_TEXT = (Scalar.DATE, Scalar.TIMESTAMP, Scalar.DURATION)


def parameter(placeholder: str, kind: str) -> str:
    """Return a parameter read as the SQL type `kind`; times travel as text."""
    name = kind.removesuffix("[]")
    return (
        f"{placeholder}::text{kind.removeprefix(name)}::{kind}"
        if name in AS_TEXT
        else f"{placeholder}::{kind}"
    )


def plain_type(logical: Type) -> str:
    """Return the SQL type of a value, whatever its column is."""
    match logical:
        case ScalarType(scalar=Scalar.DECIMAL, precision=precision, scale=scale):
            return "numeric" if precision is None else f"numeric({precision},{scale or 0})"
        case ScalarType(scalar=scalar):
            return _SCALARS[scalar]
        case EnumType():
            return "text"
        case StructType():
            return "jsonb"
        case ArrayType(item=StructType()):
            return "jsonb"
        case ArrayType(item=item):
            return sql_type(item) + "[]"
        case EntityType(name=name):
            raise TypeError(f"{name} is a row, not a value")
    raise TypeError(repr(logical))
