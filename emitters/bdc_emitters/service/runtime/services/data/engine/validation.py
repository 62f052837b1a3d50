"""Checks of what comes in, built from small pieces: `shape(required("number", string(1, 20)), …)`.

What comes in: decoded JSON. What goes out: the value as the statements take it (JSON again, in canonical form). Every problem is
found, each with a JSON pointer; unknown members are refused, so that nobody sets what he was not offered.

A check is a function `(value, path, errors) -> value`; it appends to `errors` and never raises.
"""

import base64
import binascii
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from services.data.engine import values
from services.data.engine.jsontext import plain_number
from services.engine.problems import Problem

Errors = list[dict[str, str]]
Check = Callable[[Any, str, Errors], Any]
MAX_ERRORS = 100


class Member(NamedTuple):
    """A member of an object. `nullable` members may be given as null."""

    name: str
    check: Check
    required: bool
    nullable: bool


def required(name: str, check: Check, nullable: bool = False) -> Member:
    """Return a member that must be given."""
    return Member(name, check, True, nullable)


def optional(name: str, check: Check, nullable: bool = False) -> Member:
    """Return a member that may be left out."""
    return Member(name, check, False, nullable)


def fail(errors: Errors, path: str, code: str, message: str) -> None:
    """Note one problem."""
    errors.append({"path": path, "code": code, "message": message})


class Shape:
    """An object with declared members and no others. Also a check itself, so that shapes nest."""

    __slots__ = ("_members", "_required")

    def __init__(self, *members: Member) -> None:
        self._members = {member.name: member for member in members}
        self._required = tuple(member.name for member in members if member.required)

    def __call__(self, value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not dict:
            fail(errors, path, "type", "expected an object")
            return value
        members = self._members
        result = {}
        for name, given in value.items():
            member = members.get(name)
            if member is None:
                fail(errors, f"{path}/{_escaped(name)}", "unknown", "there is no such member")
            elif given is not None:
                result[name] = member.check(given, f"{path}/{name}", errors)
            elif member.nullable:
                result[name] = None
            else:
                fail(errors, f"{path}/{name}", "null", "null is not accepted")
        for name in self._required:
            if name not in value:
                fail(errors, f"{path}/{name}", "required", "this member is required")
        return result

    def validate(self, value: Any) -> dict[str, Any]:
        """Return the checked members. Raises `validation-failed` with every problem."""
        errors: Errors = []
        result = self(value, "", errors)
        if errors:
            raise Problem("validation-failed", _summary(errors), errors=errors[:MAX_ERRORS])
        return result  # type: ignore[no-any-return]


def _summary(errors: Errors) -> str:
    return "1 member is not valid." if len(errors) == 1 else f"{len(errors)} members are not valid."


def _escaped(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")


def shape(*members: Member) -> Shape:
    """Return the check of an object."""
    return Shape(*members)


def string(
    minimum: int = 0,
    maximum: int | None = None,
    pattern: str | None = None,
    matching: Sequence[tuple[str, bool]] = (),
    format: str | None = None,
    *,
    segment: bool = False,
) -> Check:
    """Return the check of a text: length in characters, a pattern (searched), a format. U+0000 is refused: PostgreSQL cannot hold it.

    `matching`: what is matched for `pattern`, where the engine reads that otherwise than PostgreSQL: texts that must be
    found (True) or must not (False). `segment`: the text is part of an address, in which clients resolve `.` and `..` and
    an empty segment is none.
    """
    matches = _matcher(tuple(matching) or ((pattern, True),)) if pattern else None
    formatted = _formatted(format)
    ceiling = math.inf if maximum is None else maximum

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not str:
            fail(errors, path, "type", "expected a text")
        elif not minimum <= len(value) <= ceiling:
            fail(errors, path, "length", _length(minimum, maximum))
        elif "\0" in value:
            fail(errors, path, "character", "the character U+0000 is not accepted")
        elif segment and value in ("", ".", ".."):
            fail(
                errors,
                path,
                "segment",
                "a key cannot be empty, `.` or `..`: no address would lead to its row",
            )
        elif matches is not None and not matches(value):
            fail(errors, path, "pattern", f"expected a text that matches {pattern}")
        elif formatted is not None and not formatted(value):
            fail(errors, path, "format", f"expected a valid {format}")
        return value

    return check


def _matcher(parts: Sequence[tuple[str, bool]]) -> Callable[[str], bool]:
    """Return whether a text matches: in time that grows with the text and not with what it holds, which `re` does not promise."""
    from pydantic_core import SchemaValidator  # only where there is a pattern

    judged = [
        (
            SchemaValidator({"type": "str", "pattern": text, "regex_engine": "rust-regex"}).isinstance_python,
            wanted,
        )
        for text, wanted in parts
    ]
    if len(judged) == 1 and judged[0][1]:
        return judged[0][0]
    return lambda value: all(found(value) is wanted for found, wanted in judged)


def _length(minimum: int, maximum: int | None) -> str:
    if maximum is None:
        return f"expected at least {minimum} characters"
    return (
        f"expected {minimum} to {maximum} characters" if minimum else f"expected at most {maximum} characters"
    )


_FORMATS = {"email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$"}


@cache
def _formatted(format: str | None) -> Callable[[str], bool] | None:
    return _matcher(((_FORMATS[format], True),)) if format in _FORMATS else None


def integer(minimum: int | None = None, maximum: int | None = None, bits: int = 32) -> Check:
    """Return the check of a whole number (`3`, also `3.0`) within a range and within `bits`."""
    low = max(-(2 ** (bits - 1)), -(2**63) if minimum is None else minimum)
    high = min(2 ** (bits - 1) - 1, 2**63 if maximum is None else maximum)

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) in (float, Decimal) and abs(value) < 2**64 and value == int(value):
            value = int(value)
        if type(value) is not int:
            fail(errors, path, "type", "expected an integer")
        elif not low <= value <= high:
            fail(errors, path, "range", f"expected {low} to {high}")
        return value

    return check


def decimal(
    precision: int | None = None,
    scale: int | None = None,
    minimum: str | None = None,
    maximum: str | None = None,
) -> Check:
    """Return the check of an exact number, given as text or as a JSON number; the result is its text."""
    low = None if minimum is None else Decimal(minimum)
    high = None if maximum is None else Decimal(maximum)
    whole = None if precision is None else precision - (scale or 0)

    def check(value: Any, path: str, errors: Errors) -> Any:
        number = _number(value)
        if number is None:
            fail(errors, path, "type", "expected a decimal number, as a text or a number")
            return value
        if scale is not None and _places(number) > scale:
            fail(errors, path, "scale", f"expected at most {scale} decimal places")
        elif whole is not None and number and number.adjusted() >= whole:
            fail(errors, path, "range", f"expected at most {whole} digits before the point")
        elif (low is not None and number < low) or (high is not None and number > high):
            fail(errors, path, "range", f"expected {_bounds(minimum, maximum)}")
        return format(number, "f")

    return check


def _number(value: Any) -> Decimal | None:
    if type(value) not in (str, int, float, Decimal):
        return None
    try:
        return values.decimal(str(value))
    except ValueError:
        return None


def _places(number: Decimal) -> int:
    """Return how many decimal places a number needs, zeros at its end left out."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # nosec B101
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return -exponent - zeros if number else 0


def _bounds(minimum: str | None, maximum: str | None) -> str:
    if minimum is None:
        return f"at most {maximum}"
    return f"at least {minimum}" if maximum is None else f"{minimum} to {maximum}"


def real(minimum: str | None = None, maximum: str | None = None) -> Check:
    """Return the check of a floating-point number."""
    low = -math.inf if minimum is None else float(minimum)
    high = math.inf if maximum is None else float(maximum)

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) not in (int, float, Decimal):
            fail(errors, path, "type", "expected a number")
            return value
        number = values.as_float(value)
        if number is None:
            fail(errors, path, "range", "expected a number that fits 64 bits")
        elif not low <= number <= high:
            fail(errors, path, "range", f"expected {_bounds(minimum, maximum)}")
        return number

    return check


def boolean() -> Check:
    """Return the check of true or false."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not bool:
            fail(errors, path, "type", "expected true or false")
        return value

    return check


def parsed(kind: str) -> Check:
    """Return the check of a text that one of `services.data.values` reads (uuid, date, time, timestamp, duration)."""
    parse = values.PARSERS[kind]

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not str:
            fail(errors, path, "type", f"expected a text with a {kind}")
            return value
        try:
            result = parse(value)
        except ValueError as error:
            fail(errors, path, "format", str(error))
            return value
        return result if type(result) is str else result.isoformat()

    return check


def enum(*names: str) -> Check:
    """Return the check of one of `names`."""
    known = frozenset(names)

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not str or value not in known:
            fail(errors, path, "enum", "expected one of " + ", ".join(names))
        return value

    return check


def array(item: Check, minimum: int = 0, maximum: int = 1_000) -> Check:
    """Return the check of a list."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not list:
            fail(errors, path, "type", "expected a list")
            return value
        if not minimum <= len(value) <= maximum:
            fail(errors, path, "length", f"expected {minimum} to {maximum} items")
            return value
        return [item(element, f"{path}/{index}", errors) for index, element in enumerate(value)]

    return check


def vector(length: int, largest: str = "3.4e+38") -> Check:
    """Return the check of a list of `length` numbers, none further from 0 than `largest`."""
    number = real(f"-{largest}", largest)

    def check(value: Any, path: str, errors: Errors) -> Any:
        if type(value) is not list:
            fail(errors, path, "type", "expected a list")
            return value
        if len(value) != length:
            fail(errors, path, "length", f"expected {length} numbers")
            return value
        return [number(element, f"{path}/{index}", errors) for index, element in enumerate(value)]

    return check


def vector_text(numbers: list[float], length: int) -> str:
    """Return a list of `length` numbers as the text of a vector. Raises ValueError for another list."""
    errors: Errors = []
    checked = vector(length)(numbers, "", errors)
    if errors:
        raise ValueError(errors[0]["message"])
    return f"[{','.join(map(repr, checked))}]"


def encoded_bytes(maximum: int | None = None) -> Check:
    """Return the check of base64; the result is canonical base64."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        try:
            raw = base64.b64decode(value, validate=True) if type(value) is str else None
        except (binascii.Error, ValueError):
            raw = None
        if raw is None:
            fail(errors, path, "format", "expected base64")
            return value
        if maximum is not None and len(raw) > maximum:
            fail(errors, path, "length", f"expected at most {maximum} bytes")
        return base64.b64encode(raw).decode()

    return check


def free_json(depth: int = 32) -> Check:
    """Return the check of any JSON: nested at most `depth` deep, without U+0000, with numbers that PostgreSQL holds as they are."""

    def check(value: Any, path: str, errors: Errors) -> Any:
        try:
            return _holdable(value, depth)
        except ValueError as error:
            fail(errors, path, "depth", str(error))
            return value

    return check


def _holdable(value: Any, depth: int) -> Any:
    """Return the value with its numbers as they are written. ValueError says what cannot be held."""
    kind = type(value)
    if kind in (dict, list):
        if not depth:
            raise ValueError("expected JSON that is not nested so deep")
        if kind is list:
            return [_holdable(item, depth - 1) for item in value]
        return {values.string(name): _holdable(item, depth - 1) for name, item in value.items()}
    return values.string(value) if kind is str else plain_number(value)
