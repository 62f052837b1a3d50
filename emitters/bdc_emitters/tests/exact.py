"""JSON values as values that compare: what a column of a type holds, as Python knows it, and back."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bdc.ir import ArrayType, Scalar, ScalarType, Type
from bdc.surface.examples import decimal_text

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def exact(logical: Type | None, value: Any) -> Any:
    """Return a JSON value of a type as a value that compares as PostgreSQL's does. Raises ValueError."""
    if value is None:
        return None
    if isinstance(logical, ArrayType) and isinstance(value, list):
        return [exact(logical.item, item) for item in value]
    if not isinstance(logical, ScalarType) or not isinstance(value, str | int | float):
        return value
    convert = _EXACT.get(logical.scalar)
    return value if convert is None else convert(str(value))


def plain(logical: Type, value: Any) -> Any:
    """Return a value as JSON holds it for a type: the way back from `exact`."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if not isinstance(logical, ScalarType) or isinstance(value, bool):
        return value
    if logical.scalar is Scalar.DECIMAL and isinstance(value, int | float | Decimal):
        return decimal_text(Decimal(str(value)), logical.scale if logical.scale is not None else 2)
    if logical.scalar in (Scalar.INT, Scalar.BIGINT) and isinstance(value, Decimal | float):
        return int(value)
    return float(value) if logical.scalar is Scalar.FLOAT and isinstance(value, int | Decimal) else value


def moment(text: str) -> datetime:
    """Return the instant that a text names; one without an offset is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def duration(text: str) -> timedelta:
    """Return an ISO 8601 duration without months and years. Raises ValueError."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is not a duration of known length")
    return timedelta(**{name: float(part) for name, part in found.groupdict().items() if part})


def duration_text(value: timedelta) -> str:
    """Return a duration in whole seconds as ISO 8601 writes it."""
    return f"PT{int(value.total_seconds())}S"


_EXACT: dict[Scalar, Callable[[str], Any]] = {
    Scalar.DECIMAL: Decimal,
    Scalar.FLOAT: float,
    Scalar.DATE: date.fromisoformat,
    Scalar.TIME: time.fromisoformat,
    Scalar.TIMESTAMP: moment,
    Scalar.DURATION: duration,
}
