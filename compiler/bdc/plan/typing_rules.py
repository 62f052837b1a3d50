"""Which changes of a column's type PostgreSQL makes without reading or writing a row (measured over all pairs of 27 types), and how a
value of one type becomes one of another."""

import re

from bdc.ddl.names import Name, full, qualified, quote

_SIZED = re.compile(
    r"\A(character varying|varchar|numeric|bit varying|varbit|timestamp|timestamptz|time|timetz|interval)\((\d+)(?:,\s*(-?\d+))?\)\s*(.*)\Z"
)
_ALIASES = {
    "varchar": "character varying",
    "varbit": "bit varying",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "bool": "boolean",
    "decimal": "numeric",
    "float8": "double precision",
    "float4": "real",
}
_NUMBERS = {"smallint": 0, "integer": 1, "bigint": 2, "numeric": 3}


def _parts(kind: str) -> tuple[str, tuple[int, ...]]:
    """`character varying(20)` → (`character varying`, (20,)); `timestamp(3) with time zone` → (`timestamp with time zone`, (3,))."""
    found = _SIZED.match(kind)
    if found is None:
        return _ALIASES.get(kind, kind), ()
    name = f"{found[1]} {found[4]}".strip() if found[4] else found[1]
    return _ALIASES.get(name, name), tuple(int(each) for each in found.group(2, 3) if each is not None)


def own_type(kind: str, name: Name) -> bool:
    """Whether a column's type is the type called `name`, or an array of it."""
    base = kind.removesuffix("[]")
    spelled = {qualified(name), full(name), f"{name.schema or 'public'}.{name.name}"}
    return base in spelled or (name.schema in (None, "public") and base in (name.name, quote(name.name)))


def same_type(old: str, new: str) -> bool:
    return _parts(old) == _parts(new)


def is_free(old: str, new: str) -> bool:
    """Whether ALTER COLUMN TYPE touches nothing but the catalog."""
    (before, was), (after, now) = _parts(old), _parts(new)
    if before in ("character varying", "text") and after == "text":
        return True
    if before != after:
        return (before, after) in {("cidr", "inet"), ("text", "character varying")} and not now
    if before in (
        "character varying",
        "bit varying",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "interval",
    ) or before.startswith("timestamp"):
        return not now or (bool(was) and was[0] <= now[0])
    if before == "numeric":
        return not now or (len(was) == 2 and len(now) == 2 and was[1] == now[1] and was[0] <= now[0])
    return False


def is_wider(old: str, new: str) -> bool:
    """Whether every value of the old type is one of the new type."""
    (before, was), (after, now) = _parts(old), _parts(new)
    if is_free(old, new) or (after == "text" and not now):
        return True
    if before == after == "numeric" and len(was) == len(now) == 2:
        return was[1] <= now[1] and was[0] - was[1] <= now[0] - now[1]
    return before in _NUMBERS and after in _NUMBERS and not now and _NUMBERS[before] <= _NUMBERS[after]


# Types that say nothing about equality, or something else by it (boxes are equal when their areas are).
_INCOMPARABLE = frozenset(["json", "xml", "point", "box", "circle", "polygon", "path", "line", "lseg"])


def differ(one: str, other: str, kind: str) -> str:
    """Return the condition that two values of a type are not the same."""
    if kind.removesuffix("[]") in _INCOMPARABLE:
        return f"({one})::text is distinct from ({other})::text"
    return f"{one} is distinct from ({other})"


_LONG = {
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
}
_ALL_NUMBERS = frozenset([*_NUMBERS, "real", "double precision"])
_STAMPS = frozenset(["timestamp without time zone", "timestamp with time zone"])
_TEXTS = frozenset(["text", "character varying", "character", "bpchar", "citext", "name"])
# Which types are cast to which, beside texts, that all are: each set to itself, and the left to the right.
_CASTS = (
    (_ALL_NUMBERS, _ALL_NUMBERS),
    (frozenset(["integer", "boolean"]), frozenset(["integer", "boolean"])),
    (frozenset(["json", "jsonb"]), frozenset(["json", "jsonb"])),
    (frozenset(["jsonb"]), _ALL_NUMBERS | {"boolean"}),
    (frozenset(["inet", "cidr"]), frozenset(["inet", "cidr"])),
    (frozenset(["bit", "bit varying"]), frozenset(["bit", "bit varying"])),
    (_STAMPS | {"date"}, _STAMPS | {"date"}),
    (_STAMPS, frozenset(["time without time zone"])),
    (frozenset(["timestamp with time zone"]), frozenset(["time with time zone"])),
    (frozenset(["time without time zone"]), frozenset(["interval", "time with time zone"])),
    (frozenset(["interval", "time with time zone"]), frozenset(["time without time zone"])),
)


def is_text(kind: str) -> bool:
    """Whether a type, or that of the items of an array, is a text."""
    return _parts(kind.removesuffix("[]"))[0] in _TEXTS


def _long(name: str) -> str:
    return _LONG.get(name, name)


def has_cast(old: str, new: str) -> bool:
    """Whether PostgreSQL has a cast of its own from one type to the other; otherwise the way is by text."""
    if old.endswith("[]") != new.endswith("[]"):
        return False
    before, after = (_long(_parts(kind.removesuffix("[]"))[0]) for kind in (old, new))
    if before == after or {before, after} & _TEXTS:
        return True
    return any(before in these and after in those for these, those in _CASTS)


_ALIKE = (
    _ALL_NUMBERS,
    frozenset(["text", "character varying", "character", "citext"]),
    frozenset(["timestamp", "timestamptz", "timestamp with time zone", "timestamp without time zone"]),
)


def is_alike(old: str, new: str) -> bool:
    """Whether statements that are written for the new type also read and write a column of the old one."""
    before, after = _parts(old)[0], _parts(new)[0]
    return before == after or any({before, after} <= kinds for kinds in _ALIKE)


def is_listed(array: str, document: str) -> bool:
    """Whether the first is a type of arrays and the second one of documents: neither reads the text of the other."""
    return array.endswith("[]") and document in ("json", "jsonb")


def items_of(value: str, kind: str) -> str:
    """Return the items of a list in a document as text[], null for anything else. ALTER COLUMN TYPE takes no sub-select, and this way
    has none: a row type of PostgreSQL's own that has a text[] is filled from the document."""
    whole = value if kind == "jsonb" else f"{value}::jsonb"
    row = f"jsonb_populate_record(null::pg_catalog.pg_class, jsonb_build_object('reloptions', {whole}))"
    return f"(case when jsonb_typeof({whole}) = 'array' then ({row}).reloptions end)"


def converted(value: str, old: str, new: str, *, by_text: bool) -> str:
    """Return the expression for `value`, of the old type, in the new one."""
    if is_listed(old, new):
        return f"to_{new}({value})"
    if is_listed(new, old):
        return f"{items_of(value, old)}::{new}"
    if not by_text and has_cast(old, new):
        return f"{value}::{new}"
    return f"{value}::text{'[]' if old.endswith('[]') and new.endswith('[]') else ''}::{new}"
