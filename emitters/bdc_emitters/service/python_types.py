"""Types of the language as annotations of Python, for the models that user code works with."""

from collections.abc import Mapping

from bdc.ir import (
    ArrayType,
    EnumType,
    Expr,
    ListLiteral,
    Literal,
    ScalarType,
    StructType,
    Type,
    vector_length,
)
from bdc.ir.types import Scalar
from bdc.naming.python import local_class

SCALARS: dict[Scalar, str] = {
    Scalar.STRING: "str",
    Scalar.TEXT: "str",
    Scalar.INT: "int",
    Scalar.BIGINT: "int",
    Scalar.DECIMAL: "Decimal",
    Scalar.FLOAT: "float",
    Scalar.BOOL: "bool",
    Scalar.UUID: "UUID",
    Scalar.DATE: "date",
    Scalar.TIME: "time",
    Scalar.TIMESTAMP: "datetime",
    Scalar.DURATION: "timedelta",
    Scalar.JSON: "JsonValue",
    Scalar.BYTES: "str",
}


def constant_value(expr: Expr) -> object:
    """Return the value of a constant as JSON has it. Raises TypeError for what is no constant."""
    match expr:
        case Literal():
            return expr.plain
        case ListLiteral(items=items):
            return [constant_value(item) for item in items]
    raise TypeError(f"not a constant: {expr!r}")


# How models read values for which PostgreSQL has more forms than Python: aliases of `database.models.base`, by names that no class
# of a specification has.
READ: dict[Scalar, str] = {
    Scalar.DATE: "_Day",
    Scalar.TIMESTAMP: "_Moment",
    Scalar.DURATION: "_Duration",
    Scalar.JSON: "_Json",
}


VECTOR = "_Vector"


def annotation(logical: Type, nullable: bool = False) -> str:
    """Return the annotation of a value; enums and structs by their class."""
    return _annotation(logical, nullable, SCALARS)


def read_annotation(logical: Type, nullable: bool = False) -> str:
    """Return the annotation of a member that a model reads from JSON."""
    return _annotation(logical, nullable, SCALARS | READ)


def _annotation(logical: Type, nullable: bool, scalars: Mapping[Scalar, str]) -> str:
    match logical:
        case ScalarType():
            name = scalars[logical.scalar]
        case EnumType(name=declared) | StructType(name=declared):
            name = local_class(declared)
        case ArrayType() if scalars is not SCALARS and vector_length(logical) is not None:
            name = VECTOR
        case ArrayType(item=item):
            name = f"list[{_annotation(item, False, scalars)}]"
        case _:
            name = "JsonValue"
    return f"{name} | None" if nullable else name
