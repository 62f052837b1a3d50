"""A request to a custom operation with given arguments: each where it belongs, written as its place has it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from bdc.ir import Operation
from bdc.source.records import dataclass
from bdc.surface.bindings import bound_members, is_json_text, takes_body


@dataclass(frozen=True, slots=True)
class Request:
    """`path` with the arguments of the path and the query in it; the key, if there is one, is still in braces. `body` is None
    when there is none."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: Any


def request_of(operation: Operation, path: str, values: Mapping[str, Any]) -> Request:
    """Return the request that carries `values`, arguments by name as JSON has them, to `path`."""
    query: list[tuple[str, str]] = []
    headers: list[tuple[str, str]] = []
    members: dict[str, Any] = {}
    whole: Any = None
    for bound in bound_members(operation):
        if bound.member.name not in values:
            continue
        value = values[bound.member.name]
        text = json.dumps(value) if is_json_text(bound.type) else text_of(value)
        match bound.place:
            case "path":
                path = path.replace(f"{{{bound.wire}}}", quote(text, safe=""))
            case "query":
                query.append((bound.wire, text))
            case "header":
                headers.append((bound.wire, text))
            case "body":
                members[bound.wire] = value
            case "whole":
                whole = value
    body = whole if whole is not None else members if members or not bound_members(operation) else None
    asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return Request(path + asked, tuple(headers), body if takes_body(operation) else None)


def text_of(value: Any) -> str:
    """Return a JSON value as the text of a path, a query or a header: a list is separated by commas."""
    if isinstance(value, list):
        return ",".join(text_of(item) for item in value)
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value)
