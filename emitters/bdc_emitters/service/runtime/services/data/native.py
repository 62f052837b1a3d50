"""From checked JSON values to what the database driver takes for a parameter of a given SQL type."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
from pydantic_core import to_jsonable_python

from services.data import values

Convert = Callable[[Any], Any]

_ISO = re.compile(r"(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def interval(text: str) -> timedelta:
    """Return an ISO 8601 duration of weeks, days and smaller units; ValueError for years and months, whose length varies."""
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError("expected a duration without years and months")
    weeks, days, hours, minutes = (int(match[index] or 0) for index in range(2, 6))
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match[6] or 0))
    return -length if match[1] else length


def json_text(value: Any) -> str:
    """Return a value as JSON text."""
    return orjson.dumps(value).decode()


def model_json(value: Any) -> str:
    """Return what user code gave back as JSON text; models and decimals as the API writes them."""
    return orjson.dumps(to_jsonable_python(value)).decode()


_CONVERTERS: dict[str, Convert] = {
    "date": values.day,
    "time": values.time_of_day,
    "timestamp with time zone": values.timestamp,
    "timestamptz": values.timestamp,
    "numeric": Decimal,
    "interval": interval,
    "jsonb": json_text,
    "bytea": b64decode,
}


def converter(sql_type: str) -> Convert | None:
    """Return how a JSON value becomes a parameter of `sql_type`; None when it may stay as it is."""
    if sql_type.endswith("[]"):
        item = converter(sql_type[:-2])
        return None if item is None else lambda array: [item(value) for value in array]
    return _CONVERTERS.get(sql_type.partition("(")[0].strip().lower())
