"""`@db("varchar(80)")`: the type of a column, where it is not the usual one for what the field is."""

import re

from bdc import ir
from bdc.ir.physical import VECTORS, base_name, dimensions, is_array
from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.types import AttributeArgument, MisplacedAttribute
from bdc.model.typing.types import describe

_SPELLING = re.compile(r'[A-Za-z_"][\w ".]*(\([\w, ]+\))?( with(out)? time zone)?(\[\])*')
_TEXT = (
    "character varying",
    "character",
    "text",
    "name",
    "citext",
    "inet",
    "cidr",
    "macaddr",
    "macaddr8",
    "xml",
    "tsvector",
)
# What PostgreSQL itself has for values of each kind. What is not here is taken to fit: a domain, a type of an extension.
_FAMILIES: dict[tuple[ir.Scalar, ...], tuple[str, ...]] = {
    (ir.Scalar.STRING, ir.Scalar.TEXT): (*_TEXT, *VECTORS),
    (ir.Scalar.INT, ir.Scalar.BIGINT): ("smallint", "integer", "bigint"),
    (ir.Scalar.DECIMAL,): ("numeric",),
    (ir.Scalar.FLOAT,): ("real", "double precision"),
    (ir.Scalar.BOOL,): ("boolean",),
    (ir.Scalar.UUID,): ("uuid",),
    (ir.Scalar.DATE,): ("date",),
    (ir.Scalar.TIME,): ("time without time zone", "time with time zone"),
    (ir.Scalar.TIMESTAMP,): ("timestamp without time zone", "timestamp with time zone"),
    (ir.Scalar.DURATION,): ("interval",),
    (ir.Scalar.JSON,): ("json", "jsonb"),
    (ir.Scalar.BYTES,): ("bytea",),
}
_LONGEST = {"vector": 16_000, "halfvec": 16_000, "sparsevec": 1_000_000_000}
_DENSE = ("vector", "halfvec")  # whose text is a list of all their numbers
_KNOWN = frozenset(name for names in _FAMILIES.values() for name in names)


def with_column_type(type_: ir.Type, attributes: Attributes, context: ResolveContext) -> ir.Type:
    """Return the type with what `@db` says of its column; report what such a column could not hold."""
    db = attributes.text("db")
    if db is None:
        return type_
    span, problem = attributes.by_name["db"].span, _problem(type_, db)
    if isinstance(type_, ir.EntityType) or attributes.has("encrypted"):
        why = "a relation has the type of the key that it refers to"
        if attributes.has("encrypted"):
            why = "an encrypted value is stored as text"
        context.report(MisplacedAttribute("db", why, span))
    elif problem:
        context.report(AttributeArgument("db", problem, attributes.usages["db"], span))
    else:
        return ir.with_physical(type_, db)
    return type_


def _problem(type_: ir.Type, db: str) -> str:
    if _SPELLING.fullmatch(db) is None:
        return "is not a type of PostgreSQL"
    length = ir.vector_length(type_)
    if length is not None:
        held = base_name(db) in _DENSE and dimensions(db) == length
        return "" if held else f"cannot hold `{describe(type_)}`: expected halfvec({length})"
    whole_array = isinstance(type_, ir.ArrayType) and not isinstance(type_.item, ir.StructType)
    if is_array(db) is not whole_array:
        return "expects the type of the whole column (`text[]` only for a list)"
    name, wanted = base_name(db), _names(type_.item if isinstance(type_, ir.ArrayType) else type_)
    if name in _KNOWN and name not in wanted:
        return f"cannot hold `{describe(type_)}`: expected {' or '.join(wanted)}"
    if name in VECTORS and "(" in db and not 1 <= (dimensions(db) or 0) <= _LONGEST[name]:
        return f"expects how many numbers it has: `{name}(n)`, n from 1 to {_LONGEST[name]:,}"
    return ""


def _names(type_: ir.Type) -> tuple[str, ...]:
    if isinstance(type_, ir.ScalarType):
        return next(names for scalars, names in _FAMILIES.items() if type_.scalar in scalars)
    return ("json", "jsonb") if isinstance(type_, ir.StructType) else _TEXT
