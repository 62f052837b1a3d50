"""The SQL type of a logical type: one table, for casts in statements and parameters of functions."""

from bdc.ir import ArrayType, EntityType, EnumType, Scalar, ScalarType, StructType, Type

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


def sql_type(logical: Type) -> str:
    """Return the SQL type of a value. TypeError for a whole row: its key's type is asked for instead."""
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
