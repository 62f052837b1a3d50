"""What a column may hold, as SQL over the number of a row: another number gives another value wherever the type has enough."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from zlib import crc32

from bdc.catalog import Database, Domain, EnumType
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal

OwnTypes = Mapping[str, EnumType | Domain]

# Types as `format_type` spells them, without lengths. «i» is the row's number, «s» a number below 40 that the column has.
_VALUES = {
    "smallint": "(«i» * 7 + «s»)",
    "integer": "(«i» * 7 + «s»)",
    "bigint": "(«i» * 7 + «s»)",
    "numeric": "(«i» % 9 + «s» / 40.0)",
    "real": "(«i» % 9 + «s» / 40.0)",
    "double precision": "(«i» % 9 + «s» / 40.0)",
    "money": "(«i» * 7 + «s»)",
    "text": "(«i» * 97 + «s»)::text",
    "citext": "(«i» * 97 + «s»)::text",
    "name": "(«i» * 97 + «s»)::text",
    "character varying": "(«i» * 97 + «s»)::text",
    "character": "(«i» * 97 + «s»)::text",
    '"char"': "chr(96 + «i»)",
    "boolean": "(«i» + «s») % 2 = 0",
    "date": "date '2026-01-01' + («i» + «s»)::integer",
    "timestamp without time zone": "timestamp '2026-01-01 00:00' + («i» + «s») * interval '1 hour'",
    "timestamp with time zone": "timestamptz '2026-01-01 00:00Z' + («i» + «s») * interval '1 hour'",
    "time without time zone": "time '00:00' + («i» + «s») * interval '1 minute'",
    "time with time zone": "timetz '00:00Z' + («i» + «s») * interval '1 minute'",
    "interval": "(«i» + «s») * interval '1 minute'",
    "uuid": "md5('«s»:' || «i»)",
    "json": "json_build_object('n', «i»)",
    "jsonb": "jsonb_build_object('n', «i»)",
    "xml": "'<n/>'",
    "bytea": "decode(md5('«s»:' || «i»), 'hex')",
    "inet": "inet '10.0.0.0' + «i»",
    "cidr": "'10.0.' || «i» || '.0/24'",
    "macaddr": "'08:00:2b:01:02:' || lpad(to_hex(«i»), 2, '0')",
    "oid": "«i»",
    "int4range": "int4range((«i» * 10)::integer, («i» * 10 + 5)::integer)",
    "int8range": "int8range((«i» * 10), («i» * 10 + 5))",
    "numrange": "numrange((«i» * 10), («i» * 10 + 5))",
    "daterange": "daterange(date '2026-01-01' + («i» * 10)::integer, date '2026-01-06' + («i» * 10)::integer)",
    "tsrange": "tsrange(timestamp '2026-01-01' + «i» * interval '1 day', timestamp '2026-01-01 12:00' + «i» * interval '1 day')",
    "tstzrange": "tstzrange(timestamptz '2026-01-01Z' + «i» * interval '1 day', timestamptz '2026-01-01 12:00Z' + «i» * interval '1 day')",
    "tsvector": "to_tsvector('simple', 'v' || «i»)",
    "tsquery": "to_tsquery('simple', 'v' || «i»)",
    "point": "point(«i», «s»)",
    "hstore": "'n=>' || «i»",
    "ltree": "'n' || «i»",
    "xid8": "«i»::text",
    "pg_lsn": "'0/' || «i»",
}
_VECTORS = ("vector", "halfvec")
_NUMBERS = ("1", "0", "2", "5", "10", "50", "100", "1000", "-1")
_TEXTS = (
    "a",
    "abc",
    "Ab1",
    "abcdefgh",
    "a@example.org",
    "https://example.org/a",
    "abcdefghijklmnopqrst",
    "0",
    "12345",
    "A",
    "{}",
)
_DAYS = ("2026-01-01", "2026-01-02", "2026-03-01", "2027-01-01", "2020-01-01", "2035-01-01")
_TRIED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "numeric", "real", "double precision", "money"), _NUMBERS
    ),
    **dict.fromkeys(("text", "citext", "character varying", "character", "name"), _TEXTS),
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), _DAYS),
    "boolean": ("true", "false"),
    "json": ("{}", "[]", '"a"', "1"),
    "jsonb": ("{}", "[]", '"a"', "1"),
    "interval": ("1 minute", "1 day", "0", "30 days"),
    "time without time zone": ("00:00", "09:00", "17:00", "23:59"),
}


def salt(column: str) -> int:
    """Return a small number that columns of the same name share."""
    return crc32(column.encode()) % 40


def value(own: OwnTypes, kind: str, salted: int, number: int) -> str | None:
    """Return SQL of what row `number` holds in a column of the type; None for a type that is not known."""
    if kind.endswith("[]"):
        item = value(own, kind.removesuffix("[]"), salted, number)
        return None if item is None else f"array[{item}]::{kind}"
    mine = own.get(kind)
    if isinstance(mine, EnumType):
        return f"{literal(mine.labels[(number + salted) % len(mine.labels)])}::{kind}"
    if mine is not None:
        return value(own, mine.type, salted, number)
    made = _vector(kind) if plain(kind) in _VECTORS else _VALUES.get(plain(kind))
    if made is None:
        return None
    return f"({made.replace('«i»', str(number)).replace('«s»', str(salted))})::{kind}"


def _vector(kind: str) -> str:
    """Return SQL of a vector of the length that the type says; of one number where it says none."""
    length = re.search(r"\((\d+)\)", kind)
    return f"'[' || («i» * 7 + «s») || repeat(',1', {int(length[1]) - 1 if length else 0}) || ']'"


def tried(own: OwnTypes, kind: str, hints: tuple[str, ...], salted: int) -> list[str]:
    """Return SQL of values to try where a check decides: what its text suggests (`hints`, as text), then usual ones."""
    mine = own.get(kind)
    if isinstance(mine, EnumType):
        return [f"{literal(label)}::{kind}" for label in mine.labels]
    kind = plain(kind)  # a length would refuse all for one that is too long
    made = [found for number in (1, 2, 3) if (found := value(own, kind, salted, number)) is not None]
    suited = filter(partial(_suits, kind), (*hints, *_TRIED.get(kind, ())))
    return [*(f"{literal(text)}::{kind}" for text in dict.fromkeys(suited)), *made]


def base(own: OwnTypes, kind: str) -> str:
    """Return the type that a domain stands on; the type itself where it is none."""
    mine = own.get(kind)
    return base(own, mine.type) if isinstance(mine, Domain) else kind


def own_types(database: Database) -> OwnTypes:
    """Return the enums and domains by each way to write their names."""
    types: tuple[EnumType | Domain, ...] = (*database.enums, *database.domains)
    return {spelled: found for found in types for spelled in spellings(found.name)}


def plain(kind: str) -> str:
    """Return the type without its length."""
    return re.sub(r"\(.*?\)", "", kind)


def spellings(name: Name) -> tuple[str, ...]:
    """Return how a type of that name may be written."""
    return name.name, quote(name.name), full(name), f"{name.schema}.{name.name}"


_IS_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_FORMS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("numeric", "real", "double precision", "money"), _IS_NUMBER.match),
    **dict.fromkeys(("smallint", "integer", "bigint"), re.compile(r"-?\d{1,9}\Z").match),
    **dict.fromkeys(
        ("date", "timestamp without time zone", "timestamp with time zone"),
        re.compile(r"\d{4}-\d\d-\d\d").match,
    ),
    "boolean": re.compile(r"(?:true|false)\Z").match,
    "uuid": re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z").match,
    "interval": re.compile(r"\d").match,
    "time without time zone": re.compile(r"\d\d:\d\d").match,
    **dict.fromkeys(("json", "jsonb"), re.compile(r'[\[{"\d]').match),
    **dict.fromkeys(("text", "citext", "character varying", "character", "name"), lambda text: True),
}


def _suits(kind: str, text: str) -> bool:
    form = _FORMS.get(kind)
    return form is not None and bool(form(text))
