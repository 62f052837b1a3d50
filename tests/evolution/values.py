"""What a column may hold, as SQL over a row's number: the same number gives the same value, another number another one wherever
the type has enough values."""

import re
from zlib import crc32

from bdc.catalog import Column, Database
from bdc.ddl.names import full, quote

# Types as `format_type` spells them, without lengths. Texts are numbers, since people turn texts into numbers and JSON. «i» is the row's number, «s» the column's salt (0–39).
_VALUES = {
    "smallint": "(«i» * 7 + «s»)::smallint",
    "integer": "(«i» * 7 + «s»)::integer",
    "bigint": "(«i» * 7 + «s»)::bigint",
    "numeric": "(«i» + «s» / 4.0)::numeric",
    "real": "(«i» + «s»)::real",
    "double precision": "(«i» + «s» / 8.0)::double precision",
    "text": "(«i» * 97 + «s»)::text",
    "citext": "(«i» * 97 + «s»)::text",
    "character varying": "(«i» * 97 + «s»)::text",
    "character": "(«i» * 97 + «s»)::text",
    "boolean": "(«i» + «s») % 2 = 0",
    "date": "date '2026-01-01' + («i» + «s»)::integer",
    "timestamp without time zone": "timestamp '2026-01-01 00:00' + («i» + «s») * interval '1 hour'",
    "timestamp with time zone": "timestamptz '2026-01-01 00:00Z' + («i» + «s») * interval '1 hour'",
    "time without time zone": "time '00:00' + («i» + «s») * interval '1 minute'",
    "interval": "(«i» + «s») * interval '1 minute'",
    "uuid": "md5('«s»:' || «i»)::uuid",
    "json": "json_build_object('n', «i»)",
    "jsonb": "jsonb_build_object('n', «i»)",
    "bytea": "decode(md5('«s»:' || «i»), 'hex')",
    "inet": "inet '10.0.0.0' + «i»",
    "int4range": "int4range((«i» * 10)::integer, («i» * 10 + 5)::integer)",
    "daterange": "daterange(date '2026-01-01' + («i» * 10)::integer, date '2026-01-06' + («i» * 10)::integer)",
    "tsvector": "to_tsvector('simple', 'v' || «i»)",
}
KNOWN = frozenset(_VALUES)


def salt(column: str) -> int:
    return crc32(column.encode()) % 40


def value(database: Database, column: Column, number: str = "i") -> str:
    """Return the SQL of what row `number` holds in `column`. KeyError for a type that nobody here knows."""
    return typed(database, column.type, salt(column.name), number)


def typed(database: Database, kind: str, salted: int, number: str = "i") -> str:
    if kind.endswith("[]"):
        return f"array[{typed(database, kind[:-2], salted, number)}]"
    for enum in database.enums:
        if kind in (
            enum.name.name,
            quote(enum.name.name),
            full(enum.name),
            f"{enum.name.schema}.{enum.name.name}",
        ):
            return f"(enum_range(null::{kind}))[1 + ({number} + {salted}) % {len(enum.labels)}]"
    for domain in database.domains:
        if kind in (domain.name.name, quote(domain.name.name), full(domain.name)):
            return typed(database, domain.type, salted, number)
    plain = re.sub(r"\(.*?\)", "", kind)
    return f"({_VALUES[plain].replace('«i»', number).replace('«s»', str(salted))})::{kind}"
