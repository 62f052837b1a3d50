"""From text (paths, query strings) to the values that statements take. ValueError says what was expected."""

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from services.data.engine import durations

UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)0*([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
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
    value = as_float(decimal(text))
    if value is None:
        raise ValueError("expected a number that fits 64 bits")
    return value


def as_float(number: int | float | Decimal) -> float | None:
    """Return the nearest 64-bit number; None for one that is too large, or too small to be told from 0."""
    try:
        value = float(number)
    except OverflowError:
        return None
    return value if math.isfinite(value) and bool(value) is bool(number) else None


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
        match = TIMESTAMP.fullmatch(given)
        if match is None:
            raise ValueError
        moment, offset = match.groups()
        return datetime.fromisoformat(moment + offset.upper().replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            "expected a timestamp (RFC 3339, with an offset, of the years 1 to 9999, of microseconds at most)"
        ) from None


def duration(text: str) -> str:
    """Return an ISO 8601 duration as PostgreSQL writes it."""
    return durations.read(text).text()


def raw_bytes(text: str) -> bytes:
    """Return the bytes that base64 stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("expected base64") from None


def string(text: str) -> str:
    """Return a text that PostgreSQL can hold."""
    if "\0" in text:
        raise ValueError("the character U+0000 is not accepted")
    return text


# Dates and timestamps stay text: statements read them as text, too.
PARSERS: dict[str, Callable[[str], Any]] = {
    "string": string,
    "text": string,
    "uuid": uuid,
    "int": int32,
    "bigint": int64,
    "decimal": decimal,
    "float": real,
    "bool": boolean,
    "date": lambda text: day(text).isoformat(),
    "time": time_of_day,
    "timestamp": lambda text: timestamp(text).isoformat(),
    "duration": duration,
    "bytes": raw_bytes,
}
