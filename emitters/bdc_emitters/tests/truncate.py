"""`date_trunc`, as PostgreSQL does it in UTC."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bdc_emitters.tests.clock import Clock, Unpredictable

_PARTS = ("year", "month", "day", "hour", "minute", "second")


def truncated(first: Any, second: Any) -> Any:
    """Return the beginning of the unit that a time or a day lies in; unit and time in either order."""
    unit, value = (first, second) if isinstance(first, str) else (second, first)
    if isinstance(value, Clock):
        return value  # a century is coarse enough for any unit
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day) if isinstance(value, date) else value
    return _beginning(unit, value.astimezone(UTC) if value.tzinfo else value)


def _beginning(unit: str, value: datetime) -> datetime:
    if unit == "week":
        return _beginning("day", value) - timedelta(days=value.weekday())
    if unit == "quarter":
        return _beginning("month", value).replace(month=value.month - (value.month - 1) % 3)
    if unit not in _PARTS:
        raise Unpredictable
    kept = _PARTS.index(unit)
    year, month, day, hour, minute, second = (
        getattr(value, part) if at <= kept else int(at < 3) for at, part in enumerate(_PARTS)
    )
    return datetime(year, month, day, hour, minute, second, tzinfo=value.tzinfo)
