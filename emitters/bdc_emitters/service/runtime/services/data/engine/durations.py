"""Durations: ISO 8601 as PostgreSQL writes it, every part with its own sign: `P1Y2M3DT4H5M6.7S`, `P-1DT2H`.

A duration is months, days and microseconds, which stay apart: a month has no fixed number of days, a day no fixed number of hours.
"""

import re
from datetime import timedelta
from typing import NamedTuple

_PART = r"([+-]?\d{1,20})"
_ISO = re.compile(
    rf"([+-])?P(?=[\d+T-])(?:{_PART}Y)?(?:{_PART}M)?(?:{_PART}W)?(?:{_PART}D)?"
    rf"(?:T(?=[\d+-])(?:{_PART}H)?(?:{_PART}M)?(?:{_PART}(?:[.,](\d{{1,30}}))?S)?)?",
    re.ASCII,
)
_INT32, _INT64 = range(-(2**31), 2**31), range(-(2**63), 2**63)
_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000
_DAYS_PER_MONTH = 30  # as PostgreSQL compares durations


class Duration(NamedTuple):
    """A length of time as PostgreSQL keeps it."""

    months: int
    days: int
    microseconds: int

    def text(self) -> str:
        """Return ISO 8601 as PostgreSQL writes it."""
        date = _written((12, "Y"), (1, "M"), total=self.months) + (f"{self.days}D" if self.days else "")
        time = _written((_HOUR, "H"), (_MINUTE, "M"), total=_whole_minutes(self.microseconds))
        time += _seconds(self.microseconds - _whole_minutes(self.microseconds))
        return f"P{date}{'T' + time if time else ''}" if date or time else "PT0S"

    def timedelta(self) -> timedelta:
        """Return the value for Python code, a month as 30 days. OverflowError for what Python cannot hold."""
        return timedelta(days=self.months * _DAYS_PER_MONTH + self.days, microseconds=self.microseconds)


def read(text: str) -> Duration:
    """Return the value of an ISO 8601 text. ValueError for anything else, and for what `interval` cannot hold exactly."""
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError("expected a duration (ISO 8601)")
    sign = -1 if match[1] == "-" else 1
    years, months, weeks, days, hours, minutes, seconds = (int(match[part] or 0) for part in range(2, 9))
    fraction = (match[9] or "").rstrip("0")
    if len(fraction) > 6:
        raise ValueError("expected at most 6 decimal places of a second")
    micros = int(fraction.ljust(6, "0")) * (-1 if (match[8] or "").startswith("-") else 1)
    found = Duration(
        sign * (12 * years + months),
        sign * (7 * weeks + days),
        sign * (hours * _HOUR + minutes * _MINUTE + seconds * _SECOND + micros),
    )
    if found.months not in _INT32 or found.days not in _INT32 or found.microseconds not in _INT64:
        raise ValueError("expected a duration that fits PostgreSQL's interval")
    return found


def _whole_minutes(microseconds: int) -> int:
    return _toward_zero(microseconds, _MINUTE) * _MINUTE


def _toward_zero(total: int, unit: int) -> int:
    return abs(total) // unit * (-1 if total < 0 else 1)


def _written(*units: tuple[int, str], total: int) -> str:
    """Return a total in units, the largest first; those that are 0 are left out."""
    found = ""
    for size, letter in units:
        count = _toward_zero(total, size)
        total -= count * size
        found += f"{count}{letter}" if count else ""
    return found


def _seconds(microseconds: int) -> str:
    if not microseconds:
        return ""
    whole, fraction = divmod(abs(microseconds), _SECOND)
    places = f".{fraction:06}".rstrip("0") if fraction else ""
    return f"{'-' if microseconds < 0 else ''}{whole}{places}S"
