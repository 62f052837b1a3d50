"""Text search: the vector that the index holds and the statement asks for; both must be this very expression."""

from collections.abc import Sequence

from bdc.ir import Table
from bdc.query.names import column_text, quote

CONFIGURATION = "simple"


def search_vector(table: Table, columns: Sequence[str], alias: str = "") -> str:
    """Return the tsvector over `columns` of `table`, under `alias` (in an index: none)."""
    text = " || ' ' || ".join(_value(table, name, alias) for name in columns)
    return f"to_tsvector('{CONFIGURATION}', {text})"


def _value(table: Table, name: str, alias: str) -> str:
    value = column_text(alias, name) if alias else quote(name)
    return f"coalesce({value}, '')" if table.column(name).nullable else value


def search_condition(table: Table, columns: Sequence[str], alias: str, parameter: str) -> str:
    """Return the condition that a row matches the text of a search box."""
    return f"{search_vector(table, columns, alias)} @@ websearch_to_tsquery('{CONFIGURATION}', {parameter})"
