"""What every model is, and how values that Python has no exact form for are read."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue
from pydantic_core import from_json

from services.data.engine import durations
from services.data.engine.jsontext import as_floats


def _duration(value: Any) -> Any:
    """PostgreSQL's ISO 8601; a month is 30 days, as where PostgreSQL compares durations."""
    return durations.read(value).timedelta() if type(value) is str else value


def _moment(value: Any) -> Any:
    """What lies outside of Python's calendar is its first or last moment, as for the database driver."""
    if type(value) is not str or (value[:4].isdigit() and value[4:5] == "-" and not value.endswith("BC")):
        return value
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return first if value.endswith("BC") or value.startswith("-") else last


def _day(value: Any) -> Any:
    found = _moment(value)
    return found.date() if isinstance(found, datetime) else found


def _vector(value: Any) -> Any:
    """PostgreSQL's text of a vector is a JSON list."""
    return from_json(value) if type(value) is str else value


Day = Annotated[date, BeforeValidator(_day)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Json = Annotated[JsonValue, BeforeValidator(as_floats)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Vector = Annotated[list[float], BeforeValidator(_vector)]


class Value(BaseModel):
    """A struct: plain frozen data that accepts exactly its members."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Row(BaseModel):
    """A row of a table, by column. Columns that a newer release added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)
