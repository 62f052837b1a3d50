"""`date_trunc` and `date_part`, as PostgreSQL does them in UTC."""

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


def part(unit: str, value: Any, zone: str | None = None) -> int:
    """Return the number that a unit has in a time or a day. Raises Unpredictable in a time zone, and for the time of the run."""
    if isinstance(value, Clock) or zone is not None:
        raise Unpredictable
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC)
    if unit in _PARTS:
        return int(getattr(value, unit, 0))
    counted: dict[str, int] = {
        "quarter": (value.month + 2) // 3,
        "week": value.isocalendar().week,
        "weekday": value.isoweekday(),
        "yearday": value.timetuple().tm_yday,
    }
    return counted[unit]
