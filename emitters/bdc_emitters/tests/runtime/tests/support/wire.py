"""Requests as these tests write them, sent as the service takes them outside; and its answers back, with names, pages and refusals as inside.

`test_outside` looks at what is sent.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx

from api.engine.wire.refusals import INVALID
from api.engine.wire.tables import Table, Wire
from api.wire import WIRING
from services.engine.problems import TITLES

_HOLE = re.compile(r"\\\{[^/]*?\\\}")
_KNOWN = [
    (method, re.compile(_HOLE.sub("[^/]+", re.escape(path))), wire)
    for (method, path), wire in WIRING.wires.items()
]


class Inside(httpx.BaseTransport):
    """Sends what the tests ask for."""

    def __init__(self) -> None:
        self._transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        wire = _wire(request.method, path)
        if wire is None and WIRING.profile(path) is None:
            return self._transport.handle_request(request)
        sent = _sent(request, path, wire or Wire())
        return _back(self._transport.handle_request(sent), path, wire or Wire())

    def close(self) -> None:
        self._transport.close()


def _wire(method: str, path: str) -> Wire | None:
    """Return what is known of an operation; a path without parameters comes before one with."""
    found = [
        (pattern.pattern.count("["), wire)
        for known, pattern, wire in _KNOWN
        if known == method and pattern.fullmatch(path)
    ]
    return min(found, key=lambda each: each[0])[1] if found else None


def _sent(request: httpx.Request, path: str, wire: Wire) -> httpx.Request:
    query = request.url.query.decode()
    if wire.query is not None and query:
        query = urlencode([_parameter(wire, *each) for each in parse_qsl(query, True)], quote_via=quote)
    target = WIRING.moved.get(path, path) + (f"?{query}" if query else "")
    url = request.url.copy_with(raw_path=target.encode())
    body = request.read()
    headers = [pair for pair in request.headers.raw if pair[0].lower() != b"content-length"]
    if body and (wire.body or wire.within) and b"json" in request.headers.get("content-type", "").encode():
        try:
            value = json.loads(body)
        except ValueError:
            return httpx.Request(request.method, url, headers=headers, content=body)
        value = _renamed(WIRING.tables, wire.body, value) if wire.body else value
        body = json.dumps({wire.within: value} if wire.within else value).encode()
    return httpx.Request(request.method, url, headers=headers, content=body)


def _parameter(wire: Wire, name: str, text: str) -> tuple[str, str]:
    outside = {inside: each for each, inside in (wire.query or {}).items()}.get(name, name)
    values = {inside: each for each, inside in wire.values.get(name, {}).items()}
    parts = text.split(",") if values else [text]
    signs = ["-" if values and part.startswith("-") else "" for part in parts]
    named = [
        sign + values.get(part.removeprefix(sign), part.removeprefix(sign))
        for sign, part in zip(signs, parts, strict=True)
    ]
    return outside, ",".join(named)


def _renamed(tables: Mapping[str, Table], name: str, value: Any) -> Any:
    """Return a value with the names of the other side; what is not known keeps its name."""
    if isinstance(value, list):
        return [_renamed(tables, name, item) for item in value]
    if not isinstance(value, dict) or not name:
        return value
    found = {}
    for member, held in value.items():
        other, inner = tables[name].get(member, (member, ""))
        found[other] = _renamed(tables, inner, held)
    return found


def _back(answer: httpx.Response, path: str, wire: Wire) -> httpx.Response:
    body = answer.read()
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    status = {outside: inside for inside, outside in wire.statuses.items()}.get(
        answer.status_code, answer.status_code
    )
    if "x-error" in headers:
        headers["content-type"] = "application/problem+json"
        body = json.dumps(_problem(headers["x-error"], status)).encode()
        status = _status(json.loads(body), status)
    elif "problem" in headers.get("content-type", ""):
        status = _status(json.loads(body), status)
    elif body and answer.status_code < 300 and "json" in headers.get("content-type", ""):
        body = json.dumps(_inside(json.loads(body), path, wire)).encode()
    return httpx.Response(status, headers=headers, content=body, request=answer._request)


def _status(problem: dict[str, Any], status: int) -> int:
    """Return the status that a refusal has inside."""
    return TITLES[problem["code"]][0] if problem["code"] in INVALID else status


def _inside(value: Any, path: str, wire: Wire) -> Any:
    profile = WIRING.profile(path)
    if path in WIRING.moved and profile is not None and profile.token:
        shown = next(iter(value.values())) if wire.within else value
        return {"access_token": shown[profile.token], "refresh_token": ""}
    if wire.page:
        names = {wire.many or "items": "items", wire.cursor: "next_cursor", wire.total: "total"}
        found = {names[name]: held for name, held in value.items()}
        return found | {"items": _renamed(WIRING.inside, wire.answer, found["items"])}
    value = value[wire.one] if wire.one else value
    return _renamed(WIRING.inside, wire.answer, value) if wire.answer else value


def _problem(told: str, status: int) -> dict[str, Any]:
    """Return the problem document that a refusal would be."""
    code, *rest = told.split("; ")
    members = dict(part.split("=", 1) for part in rest)
    errors = [
        {"path": "", "code": each, "message": each} for each in members.pop("errors", "").split(",") if each
    ]
    return {"code": code, "status": status, "errors": errors, **members}


def inside(document: dict[str, Any]) -> dict[str, Any]:
    """Return a description with paths and parameters of reads as they are called inside."""
    paths = dict(document["paths"])
    for (method, path), wire in WIRING.wires.items():
        item = document["paths"].get(wire.outside or path, {})
        if method == "GET" and "get" in item:
            resolved = [_resolved(document, each) for each in item["get"].get("parameters", ())]
            named = [_named(wire, each) for each in resolved]
            paths.pop(wire.outside, None)
            paths[path] = {**item, "get": {**item["get"], "parameters": named}}
    return {**document, "paths": paths}


def _resolved(document: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in parameter:
        return parameter
    found: dict[str, Any] = document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    return found


def _named(wire: Wire, parameter: dict[str, Any]) -> dict[str, Any]:
    name = (wire.query or {}).get(parameter["name"], parameter["name"])
    values = wire.values.get(name, {})
    schema = parameter["schema"]
    for holder in (schema, schema.get("items", {})):
        if values and "enum" in holder:
            listed = [_signed(values, each) for each in holder["enum"]]
            schema = (
                {**schema, "enum": listed}
                if holder is schema
                else {**schema, "items": {**holder, "enum": listed}}
            )
    return {**parameter, "name": name, "schema": schema}


def _signed(values: Mapping[str, str], text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    return sign + values.get(text.removeprefix(sign), text.removeprefix(sign))
