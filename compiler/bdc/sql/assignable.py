"""Which types of SQL can be assigned to which types of the language: families, as far as a cast in the text tells them."""

from bdc.ir import ArrayType, EnumType, Scalar, ScalarType, StructType, Type
from bdc.sql.tree import Node

_FAMILIES = {
    "text": "text varchar bpchar char name citext",
    "number": "int2 int4 int8 smallint integer bigint numeric decimal float4 float8 real oid",
    "bool": "bool boolean",
    "uuid": "uuid",
    "date": "date",
    "time": "time timetz",
    "timestamp": "timestamp timestamptz",
    "interval": "interval",
    "json": "json jsonb",
    "bytes": "bytea",
}
_OF_TYPE = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_SCALARS = {
    Scalar.STRING: "text",
    Scalar.TEXT: "text",
    Scalar.INT: "number",
    Scalar.BIGINT: "number",
    Scalar.DECIMAL: "number",
    Scalar.FLOAT: "number",
    Scalar.BOOL: "bool",
    Scalar.UUID: "uuid",
    Scalar.DATE: "date",
    Scalar.TIME: "time",
    Scalar.TIMESTAMP: "timestamp",
    Scalar.DURATION: "interval",
    Scalar.JSON: "json",
    Scalar.BYTES: "bytes",
}
# What PostgreSQL assigns without being asked, beside a family to itself and everything to text.
_ASSIGNED = {
    ("date", "timestamp"),
    ("timestamp", "date"),
    ("timestamp", "time"),
    ("time", "interval"),
    ("interval", "time"),
}


def family_of(type_name: str) -> str | None:
    """Return the family of a type of PostgreSQL; None for types that are not listed."""
    return _OF_TYPE.get(type_name)


def cast_family(value: Node) -> str | None:
    """Return the family of an expression that is a cast to a plain type; None for every other."""
    type_ = value.node("type_name") if value.kind == "TypeCast" else None
    if type_ is None or type_.get("array_bounds") or type_.get("setof"):
        return None
    return family_of(type_.strings("names")[-1])


def fits(family: str, logical: Type) -> bool:
    """Whether a value of `family` can be assigned to a member of type `logical`. What is not known fits."""
    match logical:
        case ScalarType(scalar=scalar, db=None):
            wanted = _SCALARS[scalar]
        case EnumType(db=None):
            wanted = "text"
        case StructType(db=None) | ArrayType(item=StructType(), db=None):
            wanted = "json"
        case _:
            return True
    return family == wanted or wanted == "text" or (family, wanted) in _ASSIGNED
