"""From text (paths, query strings) to the values that statements take. ValueError says what was expected."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
DURATION = re.compile(
    r"-?P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", re.ASCII
)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
INT_RANGE = range(-(2**31), 2**31)
BIGINT_RANGE = range(-(2**63), 2**63)


def uuid(text: str) -> str:
    """Return a uuid as its text, in lower case."""
    if not UUID.fullmatch(text):
        raise ValueError("expected a uuid")
    return text.lower()


def int32(text: str) -> int:
    """Return a 32-bit integer."""
    if not INTEGER.fullmatch(text) or int(text) not in INT_RANGE:
        raise ValueError("expected an integer from -2147483648 to 2147483647")
    return int(text)


def int64(text: str) -> int:
    """Return a 64-bit integer."""
    if not INTEGER.fullmatch(text) or int(text) not in BIGINT_RANGE:
        raise ValueError("expected a 64-bit integer")
    return int(text)


def decimal(text: str) -> Decimal:
    """Return an exact number; never NaN or infinity."""
    try:
        if not NUMBER.fullmatch(text) or len(text) > 200:
            raise ValueError
        return Decimal(text)
    except (InvalidOperation, ValueError):
        raise ValueError("expected a decimal number") from None


def real(text: str) -> float:
    """Return a floating-point number; never NaN or infinity."""
    value = float(decimal(text))
    if value in (float("inf"), float("-inf")):
        raise ValueError("expected a number that fits 64 bits")
    return value


def boolean(text: str) -> bool:
    """Return true or false."""
    if text not in ("true", "false"):
        raise ValueError("expected true or false")
    return text == "true"


def day(text: str) -> date:
    """Return a date of the calendar."""
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a date (YYYY-MM-DD)") from None


def time_of_day(text: str) -> time:
    """Return a time without a zone."""
    try:
        if not TIME.fullmatch(text):
            raise ValueError
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a time (HH:MM:SS)") from None


def timestamp(text: str) -> datetime:
    """Return a moment; the offset from UTC must be given. A `+` that a query string turned into a space is understood."""
    given = f"{text[:-6]}+{text[-5:]}" if len(text) > 6 and text[-6] == " " else text
    try:
        if not TIMESTAMP.fullmatch(given):
            raise ValueError
        return datetime.fromisoformat(given.upper().replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("expected a timestamp (RFC 3339, with an offset)") from None


def duration(text: str) -> str:
    """Return an ISO 8601 duration as its text; PostgreSQL reads it."""
    if not DURATION.fullmatch(text) or len(text) > 60:
        raise ValueError("expected a duration (ISO 8601)")
    return text


def string(text: str) -> str:
    """Return a text that PostgreSQL can hold."""
    if "\0" in text:
        raise ValueError("the character U+0000 is not accepted")
    return text


PARSERS: dict[str, Callable[[str], Any]] = {
    "string": string,
    "text": string,
    "uuid": uuid,
    "int": int32,
    "bigint": int64,
    "decimal": decimal,
    "float": real,
    "bool": boolean,
    "date": day,
    "time": time_of_day,
    "timestamp": timestamp,
    "duration": duration,
}
