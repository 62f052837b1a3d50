"""Text search: the vector that the index holds and the statement asks for; both must be this very expression."""

from collections.abc import Sequence

from bdc.query.names import column_text, quote

CONFIGURATION = "simple"


def search_vector(columns: Sequence[str], alias: str = "") -> str:
    """Return the tsvector over `columns`, under `alias` (in an index: none)."""
    named = [column_text(alias, name) if alias else quote(name) for name in columns]
    text = " || ' ' || ".join(f"coalesce({name}, '')" for name in named)
    return f"to_tsvector('{CONFIGURATION}', {text})"


def search_condition(columns: Sequence[str], alias: str, parameter: str) -> str:
    """Return the condition that a row matches what somebody typed into a search box."""
    return f"{search_vector(columns, alias)} @@ websearch_to_tsquery('{CONFIGURATION}', {parameter})"
