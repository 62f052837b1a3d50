"""JSON and query strings from the outside to the inside and back. Numbers are carried as they are written."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from api.engine.http.query_string import pairs
from api.engine.wire.tables import Table, Wire, Wiring
from services.engine.problems import Problem

Errors = list[dict[str, str]]


def exact(text: bytes) -> Any:
    """Return JSON that is valid, with its numbers as fragments that are written as they were."""
    return json.loads(text, parse_float=orjson.Fragment, parse_int=orjson.Fragment)


def outward(tables: Mapping[str, Table], name: str, value: Any) -> Any:
    """Return a value with its members as they are called outside; those that are not in the table are left out."""
    if type(value) is list:
        return [outward(tables, name, item) for item in value]
    if type(value) is not dict:
        return value
    found = {}
    for inside, (outside, inner) in tables[name].items():
        if inside in value:
            held = value[inside]
            found[outside] = outward(tables, inner, held) if inner else held
    return found


def inward(wiring: Wiring, name: str, value: Any, path: str, errors: Errors) -> Any:
    """Return a value with its members as they are called inside; note those that have another name outside."""
    if type(value) is list:
        return [inward(wiring, name, item, f"{path}/{at}", errors) for at, item in enumerate(value)]
    if type(value) is not dict:
        return value
    known, table = wiring.inside[name], wiring.tables[name]
    found = {}
    for outside, held in value.items():
        inside, inner = known.get(outside, (outside, ""))
        if outside in table and outside not in known:
            errors.append(unknown(f"{path}/{outside}"))
        found[inside] = inward(wiring, inner, held, f"{path}/{inside}", errors) if inner else held
    return found


def unknown(path: str) -> dict[str, str]:
    """Return what is wrong with a member that is not there."""
    return {"path": path, "code": "unknown", "message": "there is no such member"}


def pointer(wiring: Wiring, name: str, path: str) -> str:
    """Return a JSON pointer into a body, given with the names inside, with those outside."""
    found: list[str] = []
    for part in path.split("/")[1:]:
        table: Table = wiring.tables[name] if name else {}
        if part.isdigit() and part not in table:
            found.append(part)
            continue
        outside, name = table.get(part, (part, ""))
        found.append(outside)
    return "".join(f"/{part}" for part in found)


def query(wire: Wire, given: bytes) -> bytes:
    """Return a query string with the names inside, and what every request gets. Raises `unknown-parameter`, `malformed-request`."""
    if wire.query is None or not (given or wire.more):
        return given
    found: dict[str, str] = {}
    for outside, text in pairs(given).items():
        inside = wire.query.get(outside)
        if inside is None:
            raise Problem("unknown-parameter", f"There is no query parameter `{outside[:60]}`.")
        found[inside] = _listed(wire.values[inside], text, inside) if inside in wire.values else text
    chosen = "fields" in found  # by the caller, who then gets no related rows that were not asked for
    for name, text in wire.more.items():
        if name == "expand" and chosen:
            continue
        found[name] = f"{text},{found[name]}" if name in found and name == "expand" else found.get(name, text)
    return urlencode(found, quote_via=quote).encode()


def _listed(known: Mapping[str, str], text: str, name: str) -> str:
    """Return names separated by commas, as they are called inside."""
    parts = text.split(",") if name != "sort" else [text]
    signs = ["-" if name == "sort" and part.startswith("-") else "" for part in parts]
    names = [part.removeprefix(sign) for part, sign in zip(parts, signs, strict=True)]
    if not set(names) <= known.keys():
        message = "expected some of " + ", ".join(known)
        raise Problem(
            "validation-failed",
            "The query string is not valid.",
            errors=[{"path": f"?{name}", "code": "value", "message": message}],
        )
    return ",".join(sign + known[name] for sign, name in zip(signs, names, strict=True))
