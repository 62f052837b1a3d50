"""From the plain values of a document to what statements and operations take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.engine.http.parse import own_key
from api.graphql.engine.errors import LIMIT, VARIABLES, refused
from api.graphql.engine.scalars import READERS
from services.data.engine import values
from services.data.engine.validation import vector_text

Converter = Callable[[Any], Any]
MAX_ITEMS = 100
MAX_SEARCH = 200


def parser(kind: str, what: str) -> Converter:
    """Return the reader of one value; `what` names it to the caller. `kind` is a scalar of the language, or `enum`."""
    parse = values.PARSERS.get(kind, values.string)

    def convert(value: Any) -> Any:
        if type(value) is bool:
            value = "true" if value else "false"
        if value is None:
            raise refused(VARIABLES, f"{what}: null is not accepted; leave it out instead.")
        try:
            return parse(str(value))
        except ValueError as error:
            raise refused(VARIABLES, f"{what}: {error}.") from None

    return convert


def caller(kind: str) -> Converter:
    """Return the reader of the key of a caller; null for one that is no such row."""
    return lambda actor: own_key(actor, kind)


def list_of(convert: Converter, what: str) -> Converter:
    """Return the reader of a list of bounded length."""

    def convert_all(value: Any) -> Any:
        if value is None:
            raise refused(VARIABLES, f"{what}: null is not accepted; leave it out instead.")
        if len(value) > MAX_ITEMS:
            raise refused(LIMIT, f"{what}: at most {MAX_ITEMS} values are accepted.")
        return [convert(item) for item in value]

    return convert_all


def bounded(name: str, maximum: int) -> Converter:
    """Return the check of a list's length."""

    def convert(value: Any) -> int:
        if value is None:
            raise refused(VARIABLES, f"`first` of {name}: null is not accepted; leave it out instead.")
        number = int(value)
        if not 1 <= number <= maximum:
            raise refused(LIMIT, f"`first` of {name} must be 1 to {maximum}.")
        return number

    return convert


def skipped(name: str) -> Converter:
    """Return the check of how many rows are left out before a page."""

    def convert(value: Any) -> int:
        if int(value) < 0:
            raise refused(LIMIT, f"`offset` of {name} must be 0 or more.")
        return int(value)

    return convert


def search_text(value: Any) -> str:
    """Return the words to search for."""
    if len(value) > MAX_SEARCH:
        raise refused(LIMIT, f"`search`: at most {MAX_SEARCH} characters are accepted.")
    found: str = parser("string", "search")(value)
    return found


def vector(length: int) -> Callable[[Any], str]:
    """Return the reader of a list of numbers, which makes it the text of a vector."""

    def convert(value: Any) -> str:
        numbers = [float(each) for each in value] if type(value) is list else [float(value)]
        try:
            return vector_text(numbers, length)
        except ValueError:
            raise refused(VARIABLES, f"nearest: expected {length} numbers.") from None

    return convert


def native(type_: str, value: Any) -> Any:
    """Return an argument of a statement as PostgreSQL's driver takes it."""
    read = READERS.get(type_)
    if read is None or value is None:
        return value
    return [read(item) for item in value] if type(value) is list else read(value)
