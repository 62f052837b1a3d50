"""What the spelling of a column's type says (`db` of a logical type): its name without arguments, its length, its bounds."""

import re
from decimal import Decimal

from bdc.ir.types import ArrayType, EntityType, Scalar, ScalarType, Type

_SPELLED = re.compile(
    r"(?P<name>[^(\[]+?)\s*(?:\((?P<arguments>[^)]*)\))?(?P<zone> with(?:out)? time zone)?(?P<array>(?:\[\])*)"
)
_SYNONYMS = {
    "varchar": "character varying",
    "char": "character",
    "bpchar": "character",
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "decimal": "numeric",
    "bool": "boolean",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
}
_BOUNDS = ("min_length", "max_length", "minimum", "maximum", "pattern")
_LENGTHS = ("character varying", "character")
# Written as texts, and none to PostgreSQL: it holds them to their form itself.
VECTORS = ("vector", "halfvec", "sparsevec")  # of pgvector
# How near two vectors are: the operator of each measure. Less is nearer.
MEASURES = {"cosine": "<=>", "l2": "<->", "ip": "<#>", "l1": "<+>"}
_NO_TEXTS = (*VECTORS, "inet", "cidr", "macaddr", "macaddr8", "xml", "tsvector")
_SMALLEST, _LARGEST = Decimal(-(2**15)), Decimal(2**15 - 1)


def physical(logical: Type | None) -> str | None:
    """Return the spelling of a type's column where it was given; a whole row has none."""
    return None if logical is None or isinstance(logical, EntityType) else logical.db


def base_name(db: str) -> str:
    """Return the name of a type without its arguments and brackets, PostgreSQL's long spelling: `varchar(80)[]` is `character varying`."""
    match = _SPELLED.fullmatch(db.strip())
    if match is None:
        return db
    name = match["name"] if match["name"].startswith('"') else match["name"].lower()
    name += match["zone"] or ""
    return _SYNONYMS.get(name, name)


def is_array(db: str) -> bool:
    return db.rstrip().endswith("[]")


def length_of(db: str) -> int | None:
    """Return the longest text that the column holds; None where the spelling sets no limit."""
    match = _SPELLED.fullmatch(db.strip())
    if match is None or base_name(db) not in _LENGTHS or not (match["arguments"] or "").strip().isdigit():
        return None
    return int(match["arguments"])


def dimensions(db: str) -> int | None:
    """Return how many numbers a vector, or bits a bit string, has by the spelling of its type; None where it does not say."""
    match = _SPELLED.fullmatch(db.strip())
    arguments = (match["arguments"] or "").strip() if match is not None else ""
    return int(arguments) if arguments.isdigit() else None


def vector_of(length: int) -> ArrayType:
    """Return the type of lists of `length` numbers that a vector of pgvector holds."""
    return ArrayType(item=ScalarType(scalar=Scalar.FLOAT), db=f"vector({length})")


def vector_length(logical: Type | None) -> int | None:
    """Return how many numbers the lists of a type have whose column is a vector; None for every other type."""
    if not isinstance(logical, ArrayType) or logical.db is None or base_name(logical.db) not in VECTORS:
        return None
    return dimensions(logical.db)


def is_half(logical: Type) -> bool:
    """Say whether numbers of a type are kept in 16 bits, which hold none beyond 65,504."""
    return isinstance(logical, ArrayType) and logical.db is not None and base_name(logical.db) == "halfvec"


def with_physical(logical: Type, db: str) -> Type:
    """Return the type with its column's, which bounds it where nothing narrower was said: its length, the range of smallint."""
    update: dict[str, object] = {"db": db}
    if isinstance(logical, ScalarType) and not is_array(db):
        if logical.max_length is None:
            update["max_length"] = length_of(db)
        if base_name(db) == "smallint":
            update["minimum"] = _SMALLEST if logical.minimum is None else logical.minimum
            update["maximum"] = _LARGEST if logical.maximum is None else logical.maximum
    return logical if isinstance(logical, EntityType) else logical.model_copy(update=update)


def unenforced(logical: ScalarType, domain: ScalarType | None = None) -> ScalarType:
    """Return the type without the bounds that its column's type, or its `domain`, holds by itself: no CHECK need say them again."""
    if logical.db is None:
        return logical
    update: dict[str, object] = {}
    if domain is not None:
        held = (name for name in _BOUNDS if getattr(logical, name) == getattr(domain, name))
        return logical.model_copy(update=dict.fromkeys(held))
    if base_name(logical.db) in _NO_TEXTS:
        update.update(min_length=None, max_length=None, pattern=None)
    if logical.max_length is not None and logical.max_length == length_of(logical.db):
        update["max_length"] = None
    if base_name(logical.db) == "smallint":
        update["minimum"] = None if logical.minimum == _SMALLEST else logical.minimum
        update["maximum"] = None if logical.maximum == _LARGEST else logical.maximum
    return logical.model_copy(update=update)
