"""Types of columns as PostgreSQL spells them → what a field is, and what `@db` says where that is not the type's usual column."""

import re

from bdc.source.records import dataclass

_SPELLED = re.compile(r"(?P<base>[a-z ]+?)\s*(?:\((?P<size>[\d,]+)\))?(?P<rest> with(?:out)? time zone)?\Z")
_VECTOR = re.compile(r"(?P<name>vector|halfvec)\((?P<length>\d+)\)\Z")
_LOGICAL = {
    "integer": "int",
    "bigint": "bigint",
    "text": "text",
    "boolean": "bool",
    "uuid": "uuid",
    "date": "date",
    "double precision": "float",
    "jsonb": "json",
    "bytea": "bytes",
    "interval": "duration",
    "timestamp with time zone": "timestamp",
    "time without time zone": "time",
}
_ALIASES = {
    "smallint": "SmallInt",
    "real": "Real",
    "timestamp without time zone": "LocalTimestamp",
    "inet": "Inet",
    "cidr": "Cidr",
    "citext": "CiText",
}
_OF_ALIASES = {
    "SmallInt": "int",
    "Real": "float",
    "LocalTimestamp": "timestamp",
    "Inet": "string",
    "Cidr": "string",
    "CiText": "string",
}
_PHYSICAL = {
    "character varying": ("string", "varchar"),
    "character": ("string", "char"),
    "numeric": ("decimal(38, 9)", "numeric"),
    "timestamp": ("timestamp", "timestamp"),
    "time": ("time", "time"),
    "interval": ("duration", "interval"),
    "json": ("json", "json"),
}


@dataclass(frozen=True, slots=True)
class FieldType:
    """`logical`: a type of the language, an alias of `std.postgres`, an enum, a domain; `db`: what `@db` says; `of`: what a domain stands
    on."""

    logical: str
    db: str | None = None
    array: bool = False
    of: str | None = None

    @property
    def alias(self) -> str | None:
        """The name of `std.postgres` that it uses."""
        return self.logical if self.logical in _OF_ALIASES else None

    @property
    def kind(self) -> str:
        """The scalar of the language below aliases and sizes."""
        return (self.of or _OF_ALIASES.get(self.logical, self.logical)).partition("(")[0]


def field_type(spelled: str, own: dict[str, FieldType]) -> FieldType:
    """Return the type of a field. `own`: types of the specification by how PostgreSQL spells them."""
    if spelled.endswith("[]"):
        return _array(spelled, own)
    if spelled in own:
        return own[spelled]
    if spelled in _LOGICAL:
        return FieldType(_LOGICAL[spelled])
    if spelled in _ALIASES:
        return FieldType(_ALIASES[spelled])
    return _sized(spelled)


def domain_type(spelled: str) -> FieldType | None:
    """Return what a domain stands on, without aliases; None where the language has no word for it."""
    found = field_type(spelled, {})
    if found.array or found.kind == "vector" or (found.logical == "text" and found.db is not None):
        return None
    return FieldType(found.kind, spelled) if found.alias is not None else found


def _sized(spelled: str) -> FieldType:
    vector = _VECTOR.match(spelled)
    if vector is not None:
        usual = vector["name"] == "vector"
        return FieldType(f"vector({vector['length']})", None if usual else spelled)
    found = _SPELLED.match(spelled)
    if found is None or found["base"] not in _PHYSICAL:
        return FieldType("text", spelled)
    logical, base = _PHYSICAL[found["base"]]
    size, zone = found["size"], found["rest"]
    if base == "numeric" and size:
        return FieldType(f"decimal({size.replace(',', ', ')})")
    zoned = " with time zone" if zone == " with time zone" else ""
    return FieldType(logical, f"{base}({size}){zoned}" if size else f"{base}{zoned}")


def _array(spelled: str, own: dict[str, FieldType]) -> FieldType:
    item = field_type(spelled.removesuffix("[]"), own)
    if item.kind == "vector":
        return FieldType("text", spelled, True)
    if item.db is None and item.alias is None:
        return FieldType(item.logical, None, True)
    db = item.db if item.db is not None else spelled.removesuffix("[]")
    return FieldType(_OF_ALIASES.get(item.logical, item.logical), f"{db}[]", True)
