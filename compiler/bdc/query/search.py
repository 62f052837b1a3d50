"""Text search: the vector that the index holds and the statement asks for; both must be this very expression."""

from collections.abc import Sequence

from bdc.ir import Table
from bdc.query.names import column_text, quote

CONFIGURATION = "simple"
_EXACT = """'(^|\\s)-|"'"""


def search_vector(table: Table, columns: Sequence[str], alias: str = "") -> str:
    """Return the tsvector over `columns` of `table`, under `alias` (in an index: none)."""
    text = " || ' ' || ".join(_value(table, name, alias) for name in columns)
    return f"to_tsvector('{CONFIGURATION}', {text})"


def _value(table: Table, name: str, alias: str) -> str:
    value = column_text(alias, name) if alias else quote(name)
    return f"coalesce({value}, '')" if table.column(name).nullable else value


def search_query(parameter: str, *, prefix: bool = False) -> str:
    """Return what the text of a search box asks for; with `prefix` its last word may be the beginning of one, unless it ends in a
    negated phrase."""
    words = f"websearch_to_tsquery('{CONFIGURATION}', {parameter})"
    if not prefix:
        return words
    return (
        f"(select case when q::text like '%''' then (q::text || ':*')::tsquery else q end from {words} as q)"
    )


def search_condition(
    table: Table,
    columns: Sequence[str],
    alias: str,
    parameter: str,
    *,
    prefix: bool = False,
    fuzzy: bool = False,
) -> str:
    """Return the condition that a row matches the text of a search box; with `fuzzy` also one in which something is like it,
    unless the text leaves words out or holds a phrase."""
    found = f"{search_vector(table, columns, alias)} @@ {search_query(parameter, prefix=prefix)}"
    if not fuzzy:
        return found
    alike = " or ".join(f"{parameter} <% {column_text(alias, name)}" for name in columns)
    return f"({found} or ({parameter} !~ {_EXACT} and ({alike})))"


def search_rank(
    table: Table,
    columns: Sequence[str],
    alias: str,
    parameter: str,
    *,
    prefix: bool = False,
    fuzzy: bool = False,
) -> str:
    """Return how well a row matches: more is better. What is only alike comes behind what holds the words."""
    rank = f"ts_rank({search_vector(table, columns, alias)}, {search_query(parameter, prefix=prefix)})"
    if not fuzzy:
        return rank
    alike = ", ".join(f"word_similarity({parameter}, {column_text(alias, name)})" for name in columns)
    held = search_condition(table, columns, alias, parameter, prefix=prefix)
    return f"({rank} + greatest({alike}, 0) + ({held})::int)::real"
