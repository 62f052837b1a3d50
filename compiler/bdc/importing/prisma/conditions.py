"""The `where` of a partial index → SQL: `raw("…")`, or an object of fields and values."""

from collections.abc import Callable

from bdc.ddl.printer import literal
from bdc.importing.prisma.parse import Call, Text

_SIGNS = {"equals": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def condition(value: object, column: Callable[[str], str]) -> str | None:
    """Return the condition; None for what is not known. `column` gives the quoted column of a field."""
    match value:
        case Text():
            return value.value
        case Call("raw"):
            found = value.get(None, 0)
            return found.value if isinstance(found, Text) else None
        case Call("") if value.arguments:
            parts = [_of_field(column(str(key)), wanted) for key, wanted in value.arguments]
            return None if None in parts else " AND ".join(part for part in parts if part)
    return None


def _of_field(column: str, wanted: object) -> str | None:
    match wanted:
        case "null":
            return f"{column} IS NULL"
        case Text() | str():
            return f"{column} = {_value(wanted)}"
        case Call("") if wanted.arguments:
            parts = [_compared(column, str(key), value) for key, value in wanted.arguments]
            return None if None in parts else " AND ".join(part for part in parts if part)
    return None


def _compared(column: str, word: str, value: object) -> str | None:
    if word == "not":
        return f"{column} IS NOT NULL" if value == "null" else f"{column} <> {_value(value)}"
    if word in ("in", "notIn") and isinstance(value, list):
        listed = ", ".join(_value(each) for each in value)
        return f"{column} {'IN' if word == 'in' else 'NOT IN'} ({listed})"
    return f"{column} {_SIGNS[word]} {_value(value)}" if word in _SIGNS else None


def _value(value: object) -> str:
    if isinstance(value, Text):
        return literal(value.value)
    word = str(value)
    plain = word in ("true", "false") or word.lstrip("-").replace(".", "", 1).isdigit()
    return word if plain else literal(word)
