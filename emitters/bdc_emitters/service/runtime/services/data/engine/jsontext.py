"""JSON in and out without losing what was written.

A number that a double would change is decoded as a `Decimal` (or an `int` of any size) and written with its digits. An object
that names a member twice is refused: readers of JSON disagree about what it says.
"""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson

from services.data.engine.durations import Duration
from services.engine.problems import Problem

# A number that may have more digits than a double holds, or an exponent; inside a text it only costs the slower way.
# It begins with characters, and not with a choice: the search then skips what cannot begin it, five times faster.
_WIDE = re.compile(rb"[\s:,\[]-?[0-9.](?:[0-9.]{15}|[0-9.]*[eE])")
_WIDE_ALONE = re.compile(rb"-?[0-9.](?:[0-9.]{15}|[0-9.]*[eE])")
_NAME = re.compile(
    rb'"[ \t\r\n]*:'
)  # the end of a member's name; a text that holds one only costs the slower way
_LARGEST_EXPONENT = 400


def decoded(body: bytes, what: str = "The body") -> Any:
    """Return the JSON of `body`. Raises `malformed-request` for what is not JSON (also lone surrogates, NaN, endless nesting) and
    for a member that is given twice. `what` names the text to the caller."""
    try:
        value = orjson.loads(body)
        if not _wide(body) and _names(body) == _members(value):
            return value
        return json.loads(body, parse_float=Decimal, object_pairs_hook=_object)
    except orjson.JSONDecodeError as error:
        reason = error.msg
    except RecursionError:
        reason = "nested too deeply"
    except _Repeated as error:
        reason = f"the member `{error.args[0][:100]}` is given twice"
    except ValueError:
        reason = "a number has too many digits"
    raise Problem("malformed-request", f"{what} is not valid JSON: {reason}.") from None


def _names(body: bytes) -> int:
    """Return how many members `body` seems to name; texts that look like one only cost the slower way."""
    if b" :" in body or b"\t:" in body or b"\n:" in body or b"\r:" in body:
        return len(_NAME.findall(body))
    return body.count(b'":')


def _wide(body: bytes) -> bool:
    return _WIDE.search(body) is not None or _WIDE_ALONE.match(body) is not None


class _Repeated(ValueError):
    """A member that an object names twice."""


def _members(value: Any) -> int:
    """Return how many members all objects in `value` have."""
    if type(value) is dict:
        held = value.values()
        return len(value) + sum([_members(item) for item in held if type(item) in (dict, list)])
    if type(value) is list:
        return sum([_members(item) for item in value if type(item) in (dict, list)])
    return 0


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _Repeated(next(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return found


def exactly(body: bytes | str) -> Any:
    """Return the JSON that PostgreSQL wrote, each number with its digits."""
    data = body.encode() if isinstance(body, str) else body
    return json.loads(data, parse_float=Decimal, parse_int=_integer) if _wide(data) else orjson.loads(data)


def _integer(text: str) -> int | Decimal:
    number = int(text)
    return number if -(2**63) <= number < 2**64 else Decimal(number)


def encoded(value: Any) -> str:
    """Return a value as JSON text: a Decimal inside free JSON is a number with its digits, other values as `str` has them."""
    return orjson.dumps(value, default=_written).decode()


def _written(value: Any) -> Any:
    return orjson.Fragment(str(value)) if type(value) is Decimal else as_text(value)


def as_text(value: Any) -> str:
    """Return a value that JSON has no form for as answers write it: decimals without an exponent, durations as ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, timedelta):
        micros = value.seconds * 1_000_000 + value.microseconds
        return Duration(0, value.days, micros).text()
    return str(value)


def plain_number(value: Any) -> Any:
    """Return a number inside free JSON: as int or float where that is exact, else as a Decimal. ValueError when it is too large."""
    if type(value) is Decimal:
        if value.is_zero():
            return 0.0
        if abs(value.adjusted()) > _LARGEST_EXPONENT:
            raise ValueError("expected numbers of at most 400 digits")
        double = float(value)
        return double if double and Decimal(repr(double)) == value else value
    if type(value) is int and not -(2**63) <= value < 2**64:
        return plain_number(Decimal(value))
    return value


def as_floats(value: Any) -> Any:
    """Return free JSON for Python code, which has no exact numbers in its JSON: a Decimal becomes the nearest float."""
    if type(value) is dict:
        return {name: as_floats(item) for name, item in value.items()}
    if type(value) is list:
        return [as_floats(item) for item in value]
    return float(value) if type(value) is Decimal else value
