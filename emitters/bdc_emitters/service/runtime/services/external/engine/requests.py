"""A call as a request: where each argument stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from services.external.engine.declared import Operation, Parameter


class Unsendable(ValueError):
    """An argument that no request can carry; the message names it, never its value."""


@dataclass(frozen=True, slots=True)
class Sent:
    """`target`: path and query, below the address of the service."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


def request(operation: Operation, arguments: Mapping[str, Any], key: str) -> Sent:
    """Return the request. `arguments`: as JSON has them; `key`: of the call, for what is idempotent. Raises `Unsendable`."""
    path, query, headers, body = (
        operation.path,
        [],
        {"accept": "application/json", "accept-encoding": "identity"},
        {},
    )
    content = b""
    for each in operation.parameters:
        value = arguments.get(each.name)
        if value is None:
            if each.required:
                raise Unsendable(f"`{each.name}` has no value")
            continue
        match each.place:
            case "path":
                path = path.replace("{" + each.wire + "}", _segment(each, value))
            case "query":
                query += [
                    (each.wire, _word(item)) for item in (value if isinstance(value, list) else [value])
                ]
            case "header":
                headers[each.wire] = _line(each, value)
            case "body":
                body[each.wire] = value
            case "whole":
                content = orjson.dumps(value)
    if body or (not content and any(each.place == "body" for each in operation.parameters)):
        content = orjson.dumps(body)
    if content:
        headers["content-type"] = "application/json"
    if operation.idempotent:
        headers["idempotency-key"] = key
    return Sent(operation.method, path + (f"?{urlencode(query)}" if query else ""), headers, content)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _segment(parameter: Parameter, value: Any) -> str:
    text = quote(_word(value), safe="")
    if text in ("", ".", ".."):
        raise Unsendable(f"`{parameter.name}` cannot stand in a path")
    return text


def _line(parameter: Parameter, value: Any) -> str:
    text = _word(value)
    if not (text.isascii() and text.isprintable()):
        raise Unsendable(f"`{parameter.name}` cannot stand in a header")
    return text
