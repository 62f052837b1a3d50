"""Types of the language as annotations of Python, for the models that user code works with."""

from bdc.ir import ArrayType, EnumType, Expr, ListLiteral, Literal, ScalarType, StructType, Type
from bdc.ir.types import Scalar

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
        case Literal(value=value):
            return value
        case ListLiteral(items=items):
            return [constant_value(item) for item in items]
    raise TypeError(f"not a constant: {expr!r}")


def annotation(logical: Type, nullable: bool = False) -> str:
    """Return the annotation of a value; enums and structs by their class."""
    match logical:
        case ScalarType():
            name = SCALARS[logical.scalar]
        case EnumType(name=name) | StructType(name=name):
            pass
        case ArrayType(item=item):
            name = f"list[{annotation(item)}]"
        case _:
            name = "JsonValue"
    return f"{name} | None" if nullable else name
