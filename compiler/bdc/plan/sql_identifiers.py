"""Names in SQL text: which a text may speak of, and the text under other names. Most texts speak of none of the names that are asked
for; only the others are given to the parser, whose import takes longer than most plans."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from bdc.ddl.names import quote
from bdc.sql.renaming import called_functions, named_columns, renamed, renamed_type

# One call without arguments, as most defaults are.
_CALL = re.compile(r"([A-Za-z_]\w*)\(\)\Z")
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
        "regexp_replace",
        "starts_with",
        "strpos",
        "substr",
        "translate",
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


def speaks_of(expression: str | None, columns: AbstractSet[str]) -> bool:
    """Whether an expression names one of `columns`: types and strings of the same spelling do not count."""
    if not expression or not words(expression) & columns:
        return False
    found = named_columns(expression)
    return True if found is None else bool(found & columns)


def renamed_columns(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with columns called otherwise."""
    return renamed(text, names, "columns", quote) if words(text) & names.keys() else text


def renamed_relations(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with relations and types called otherwise."""
    return renamed(text, names, "relations", quote) if words(text) & names.keys() else text


def renamed_trigger(definition: str, names: Mapping[str, str]) -> str:
    """Return a CREATE TRIGGER statement with the trigger called otherwise."""
    return renamed(definition, names, "triggers", quote)


def renamed_kind(kind: str, names: Mapping[str, str]) -> str:
    """Return a type, with types called otherwise."""
    return renamed_type(kind, names, quote) if words(kind) & names.keys() else kind


def is_volatile(expression: str | None) -> bool:
    """Whether a default may differ from row to row: it calls something that is not known to be steady."""
    if expression is None or "(" not in expression:
        return False
    simple = _CALL.match(expression)
    called = {simple[1].lower()} if simple else called_functions(expression)
    return called is None or not called <= _STEADY
