"""The load profile: what the specification says the service must bear, as requests a load test can make."""

import re
from typing import Any

from bdc.ir import Api, Entity, SystemIR
from bdc.surface import Endpoint, Kind, address_members, endpoints
from bdc.surface.mix import mix_of
from bdc.surface.outside import Wire, outward
from bdc.surface.shapes import Table
from bdc.surface.wire import wires_of
from bdc_emitters.tests.load.documents import graphql_requests
from bdc_emitters.tests.load.packing import packed_requests
from bdc_emitters.tests.load.requests import request_for
from bdc_emitters.tests.unborn import NewRows

Data = dict[str, Any]
_HOLE = re.compile(r"\{[^{}]*\}")
_NAME = re.compile(r"[^&=]+(?==)")


def load_profile(system: SystemIR, new: NewRows) -> Data:
    """Return the rate with its parts, the promises, the lists that rows are taken from, and the requests of the first api."""
    if not system.apis:
        return {"requests_per_second": 0, "mix": {}, "lists": {}, "requests": []}
    api = system.apis[0]
    mix = mix_of(system, api)
    services = [each for deploy in system.deploys for each in deploy.services if each.api == api.name]
    latency = [each.latency_p95 for each in services if each.latency_p95]
    available = [each.availability for each in services if each.availability]
    own = [endpoint for endpoint in endpoints(system) if endpoint.api.name == api.name]
    lists = _lists(own)
    requests = [_outside(system, request_for(system, new, endpoint, lists), endpoint) for endpoint in own]
    return {
        "requests_per_second": int(mix.total) or 1,
        "mix": mix.parts(),
        "mix_declared": mix.parts_declared,
        "latency_p95_seconds": latency[0] if latency else 0.5,
        "availability": available[0] if available else 1.0,
        "lists": lists,
        "requests": [each for each in requests if each is not None] + _of_graphql(system, api),
    }


def profile_document(system: SystemIR, new: NewRows) -> Data:
    """Return the load profile as it is written: its requests in few words."""
    profile = load_profile(system, new)
    return {**profile, "requests": packed_requests(profile["requests"])}


def _lists(own: list[Endpoint]) -> dict[str, str]:
    """Return entity → the path that lists its rows."""
    found: dict[str, str] = {}
    for endpoint in own:
        if (
            endpoint.kind is Kind.LIST
            and endpoint.own is None
            and endpoint.entity is not None
            and endpoint.resource is not None
        ):
            page = endpoint.resource.page.max
            found.setdefault(endpoint.entity.name, f"{endpoint.path}?limit={page}")
    return found


def _outside(system: SystemIR, request: Data | None, endpoint: Endpoint) -> Data | None:
    """Return a request as callers make it, where its api looks otherwise outside than inside."""
    wires = wires_of(system)
    wire = wires.of(endpoint.method, endpoint.path)
    if wire is None or request is None:
        return request
    entity = endpoint.entity
    names = wires.tables.get(wire.answer, {})
    rows = {inside: outside for inside, (outside, _) in names.items()}
    about = "of" in request or "makes" in request
    if about and entity is not None and not _tells(system, entity, rows):
        return None  # rows do not show what paths name them by
    found = {**request, "path": _path(request["path"], wire)}
    if wire.body and isinstance(request.get("body"), dict):
        body = outward(wires.tables, wire.body, request["body"])
        found["body"] = {wire.within: body} if wire.within else body
        first = [wire.within] if wire.within else []
        found["holes"] = [
            {**hole, "at": [*first, *_named(wires.tables, wire.body, hole["at"])]}
            for hole in request.get("holes", ())
        ]
        if not found["holes"]:
            del found["holes"]
    if "state" in request:
        found["state"] = rows.get(request["state"], request["state"])
    return found | ({"one": wire.one} if wire.one else {})


def _tells(system: SystemIR, entity: Entity, rows: dict[str, str]) -> bool:
    return {each.name for each in address_members(system, entity)} <= rows.keys()


def _of_graphql(system: SystemIR, api: Api) -> list[Data]:
    """Return what GraphQL is asked; rows of lists that look otherwise outside have other names for its variables."""
    wires, found = wires_of(system), []
    for request in graphql_requests(system, api):
        lists = (
            each for each in endpoints(system) if each.tag == request.get("of") and each.kind is Kind.LIST
        )
        endpoint = next((each for each in lists if each.own is None), None)
        wire = wires.of(endpoint.method, endpoint.path) if endpoint is not None else None
        if wire is None or "variables" not in request:
            found.append(request)
            continue
        names = wires.tables[wire.answer]
        if set(request["variables"].values()) <= names.keys():
            variables = {name: names[member][0] for name, member in request["variables"].items()}
            found.append({**request, "variables": variables})
    return found


def _path(path: str, wire: Wire) -> str:
    """Return a path with its parameters as they are called outside."""
    inside, outside = _HOLE.findall(wire.path), _HOLE.findall(wire.outside)
    for was, now in zip(inside, outside, strict=True):
        path = path.replace(was, now)
    head, mark, query = path.partition("?")
    names = {each: name for name, each in wire.query}
    return head + mark + _NAME.sub(lambda found: names.get(found[0], found[0]), query)


def _named(tables: dict[str, Table], table: str, at: list[str | int]) -> list[str | int]:
    found: list[str | int] = []
    for part in at:
        name, table = tables.get(table, {}).get(
            str(part), (str(part), table if isinstance(part, int) else "")
        )
        found.append(part if isinstance(part, int) else name)
    return found
