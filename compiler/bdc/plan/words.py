"""Words in SQL text: which names a text may speak of. Never more than that: SQL is not parsed here."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bdc.ddl.names import quote

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_\u0080-\uffff][\w$]*(?P<call>\s*\()?")
# Functions whose answer is one and the same for a whole statement: adding a column with such a default rewrites nothing.
_STEADY = frozenset(
    [
        "now",
        "transaction_timestamp",
        "statement_timestamp",
        "current_timestamp",
        "current_date",
        "localtimestamp",
        "localtime",
        "current_setting",
        "coalesce",
        "nullif",
        "lower",
        "upper",
        "to_jsonb",
        "jsonb_build_object",
        "jsonb_build_array",
        "json_build_object",
        "make_interval",
        "make_date",
        "numeric",
        "varchar",
        "char",
        "bpchar",
        "character",
        "bit",
        "varbit",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "interval",
        "array",
        "cast",
        "concat",
        "md5",
        "length",
        "decode",
        "encode",
        "to_timestamp",
        "to_date",
        "date_trunc",
        "round",
        "floor",
        "ceil",
        "abs",
        "greatest",
        "least",
        "timezone",
        "varying",
        "zone",
        "decimal",
    ]
)


@lru_cache(maxsize=65536)
def words(text: str | None) -> frozenset[str]:
    """Return every name that `text` may speak of, quoted ones without quotes; string constants are looked into as well, since
    bodies of functions may be such."""
    if not text:
        return frozenset()
    return frozenset(re.findall(r"[A-Za-z_\u0080-\uffff][\w$]*", text)) | frozenset(
        re.findall(r'"([^"]+)"', text)
    )


def mentions(text: str | None, names: Iterable[str]) -> bool:
    found = words(text)
    return any(name in found for name in names)


def renamed_words(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with names replaced, but for string constants and calls of functions of that name."""

    def replaced(match: re.Match[str]) -> str:
        token = match[0]
        if token.startswith("'") or match["call"]:
            return token
        name = token[1:-1].replace('""', '"') if token.startswith('"') else token
        return quote(names[name]) if name in names else token

    return _TOKEN.sub(replaced, text)


def is_volatile(expression: str | None) -> bool:
    """Whether a default may differ from row to row: it calls something that is not known to be steady."""
    if expression is None:
        return False
    for match in _TOKEN.finditer(expression):
        token = match[0]
        if match["call"] and token.rstrip("( \n").lower() not in _STEADY:
            return True
    return False
