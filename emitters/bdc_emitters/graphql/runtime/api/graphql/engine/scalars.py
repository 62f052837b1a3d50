"""Custom scalars: how they are read from a request, and how values of user code are written, exactly as PostgreSQL writes them."""

from __future__ import annotations

import base64
import datetime
import decimal
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NewType

from graphql import GraphQLError, ValueNode, value_from_ast_untyped

from services.data.engine import values

BigInt = NewType("BigInt", int)
Duration = NewType("Duration", str)
JSON = NewType("JSON", object)
Base64 = NewType("Base64", str)


def _text(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return a reader of values that are written as text."""

    def read(value: Any) -> Any:
        if type(value) is not str:
            raise GraphQLError("expected a text")
        try:
            return parse(value)
        except ValueError as error:
            raise GraphQLError(str(error)) from None

    return read


def _decimal(value: Any) -> decimal.Decimal:
    if type(value) not in (str, int, float, decimal.Decimal):
        raise GraphQLError("expected a decimal number, as a text or a number")
    try:
        return values.decimal(str(value))
    except ValueError as error:
        raise GraphQLError(str(error)) from None


def _bigint(value: Any) -> int:
    if type(value) is not int or value not in values.BIGINT_RANGE:
        raise GraphQLError("expected a 64-bit integer")
    return value


def _base64(text: str) -> str:
    base64.b64decode(text, validate=True)
    return text


def json_literal(node: ValueNode, variables: Mapping[str, Any] | None = None) -> Any:
    """Return the value of a literal of the scalar JSON, which may be an object."""
    return value_from_ast_untyped(node, dict(variables or {}))


def write_moment(value: Any) -> str:
    """Return a timestamp as PostgreSQL writes it in JSON: no trailing zeros in the fraction."""
    return _trimmed(value.isoformat(), 6) if isinstance(value, datetime.datetime) else str(value)


def write_time(value: Any) -> str:
    """Return a time of day without trailing zeros in its fraction."""
    return _trimmed(value.isoformat(), 0) if isinstance(value, datetime.time) else str(value)


def _trimmed(text: str, offset: int) -> str:
    """Drop zeros that end the fraction; the last `offset` characters are the offset from UTC."""
    head, tail = (text[:-offset], text[-offset:]) if offset else (text, "")
    return (head.rstrip("0").rstrip(".") if "." in head else head) + tail


def write_text(value: Any) -> str:
    """Return dates, decimals and uuids as text; what is text already stays as it is."""
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


def _same(value: Any) -> Any:
    return value


READERS: dict[str, Callable[[Any], Any]] = {
    "BigInt": _bigint,
    "Decimal": _decimal,
    "UUID": _text(values.uuid),
    "Date": _text(values.day),
    "Time": _text(values.time_of_day),
    "DateTime": _text(values.timestamp),
    "Duration": _text(values.duration),
    "JSON": _same,
    "Base64": _text(_base64),
}
WRITERS: dict[str, Callable[[Any], Any]] = {
    "BigInt": _same,
    "Decimal": write_text,
    "UUID": write_text,
    "Date": write_text,
    "Time": write_time,
    "DateTime": write_moment,
    "Duration": write_text,
    "JSON": _same,
    "Base64": write_text,
}
# From PostgreSQL's JSON to what user code sees; a value that Python cannot hold (an infinite date) stays text.
LOADERS: dict[str, Callable[[Any], Any]] = {
    "Decimal": decimal.Decimal,
    "UUID": uuid.UUID,
    "Date": datetime.date.fromisoformat,
    "Time": datetime.time.fromisoformat,
    "DateTime": datetime.datetime.fromisoformat,
}


def load(type_: str, value: Any) -> Any:
    """Return a value of PostgreSQL's JSON as Python code sees it."""
    loader = LOADERS.get(type_)
    if loader is None or value is None:
        return value
    try:
        return loader(value)
    except (ValueError, decimal.InvalidOperation):
        return value


__all__ = ["JSON", "Base64", "BigInt", "Duration", "json_literal", "load"]
