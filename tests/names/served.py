"""A hostile system as it runs: each word is asked for over REST and GraphQL, and what is wrong with the answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bdc.ir import Entity, SystemIR
from bdc.output.writer import commit, plan_write
from bdc.pipeline import Compilation, emit_all
from bdc.stack import backend as stack_backend
from bdc.stack.backend import free_port
from bdc.stack.up import UpOptions, running
from bdc.stack.workspace import Workspace
from bdc.surface import Endpoint, Kind, endpoints
from bdc_emitters.registry import emitter_names, load_emitter


@dataclass(frozen=True)
class Served:
    """A running backend: its folder and a client that may do everything."""

    system: SystemIR
    out: Path
    client: httpx.Client


@contextmanager
def served(compilation: Compilation, folder: Path) -> Iterator[Served]:
    """Build and boot; the client is `s0.ann` with the role `plain0`."""
    assert compilation.system is not None
    system, out = compilation.system, folder / "out"
    files = emit_all(system, compilation.files, [load_emitter(name) for name in emitter_names()])
    commit(plan_write(out, files))
    stack_backend._STARTED_WITHIN = 300  # a schema of hundreds of types takes its time on a busy machine
    options = UpOptions(port=free_port(), durable=False, environment=(("LIMITS_RATE", "0"),))
    with running(system, out, Workspace(folder), options, lambda *_: None) as up:
        headers = {"authorization": f"Bearer {up.token('s0.ann', 'plain0')}"}
        with httpx.Client(base_url=up.backend.url, headers=headers, timeout=60) as client:
            yield Served(system, out, client)


def wrong_answers(it: Served) -> list[str]:
    """Call every endpoint once and read every row over GraphQL; return what was not as it should be."""
    found: list[str] = []
    for endpoint in endpoints(it.system):
        found += _asked(it, endpoint)
    return found


def _asked(it: Served, endpoint: Endpoint) -> list[str]:
    name = f"{endpoint.method} {endpoint.path}"
    if endpoint.kind is Kind.CREATE:
        assert endpoint.entity is not None
        body = _body(endpoint.entity)
        made = it.client.post(endpoint.path, json=body)
        if made.status_code != 201:
            return [f"{name}: {made.status_code} {made.text[:200]}"]
        row = made.json()
        lost = [key for key, value in body.items() if row.get(key) != value]
        return [f"{name}: {lost} came back otherwise"] if lost else []
    if endpoint.kind is Kind.LIST:
        return _listed(it, endpoint, name)
    if endpoint.operation is not None:
        return _called(it, endpoint, name)
    return []


def _body(entity: Entity) -> dict[str, Any]:
    values: dict[str, Any] = {"string": "x", "int": 3, "decimal": "1.50", "date": "2026-01-02"}
    found = {}
    for field in entity.fields:
        type_: Any = getattr(field, "type", None)
        if field.name != "id" and type_ is not None and type_.kind == "scalar":
            found[field.name] = values[type_.scalar.value]
    return found


def _listed(it: Served, endpoint: Endpoint, name: str) -> list[str]:
    assert endpoint.entity is not None and endpoint.resource is not None
    wrong = []
    if (plain := it.client.get(endpoint.path)).status_code != 200:
        return [f"{name}: {plain.status_code} {plain.text[:200]}"]
    rows = len(plain.json()["items"])
    body = _body(endpoint.entity)
    taken = {"limit", "cursor", "sort"}
    for filter_ in endpoint.resource.filters:
        if filter_.field not in body:
            continue
        key = f"{filter_.field}[eq]" if filter_.field in taken else filter_.field
        answer = it.client.get(endpoint.path, params={key: str(body[filter_.field])})
        if answer.status_code != 200 or len(answer.json()["items"]) != rows:
            wrong.append(f"{name}?{key}: {answer.status_code} {answer.text[:150]}")
    for sort in endpoint.resource.sorts:
        answer = it.client.get(endpoint.path, params={"sort": f"-{sort}"})
        if answer.status_code != 200:
            wrong.append(f"{name}?sort={sort}: {answer.status_code} {answer.text[:150]}")
    return wrong


def _called(it: Served, endpoint: Endpoint, name: str) -> list[str]:
    operation = endpoint.operation
    assert operation is not None
    path = endpoint.path
    if endpoint.by_key:
        assert endpoint.resource is not None
        row = it.client.post(f"{endpoint.api.path}{endpoint.resource.path}", json={}).json()
        path = path.replace("{id}", row["id"])
    body = {
        each.name: {"int": 1, "string": "x"}.get(each.type.scalar.value) if each.type.kind == "scalar" else {}
        for each in operation.parameters
    }
    if any(each.type.kind == "struct" for each in operation.parameters):
        body = {
            "given": {each.name: 1 if "int" in str(each.type) else "x" for each in _members(it, operation)}
        }
    answer = it.client.get(path, params=body) if endpoint.method == "GET" else it.client.post(path, json=body)
    expected = 501 if operation.body.kind == "handler" else 200
    if answer.status_code != expected:
        return [f"{name}: {answer.status_code} instead of {expected}: {answer.text[:300]}"]
    return []


def _members(it: Served, operation: Any) -> Sequence[Any]:
    return it.system.struct(operation.parameters[0].type.name).fields


def graphql_wrong(it: Served) -> list[str]:
    """Read every field that introspection shows, of every list."""
    kinds = "{ kind name ofType { kind name ofType { kind name ofType { kind name } } } }"
    asked = f"{{ __schema {{ types {{ name kind fields {{ name args {{ name type {kinds} }} type {kinds} }} }} }} }}"
    answer = it.client.post("/graphql", json={"query": asked})
    if answer.status_code != 200 or "errors" in answer.json():
        return [f"introspection: {answer.text[:300]}"]
    types = {each["name"]: each for each in answer.json()["data"]["__schema"]["types"]}
    wrong = []
    for field in types["Query"]["fields"]:
        if not any(each["name"] == "first" for each in field["args"]):
            continue
        connection = types[_base(field["type"])]
        if not connection["fields"]:  # a number, of an operation whose parameter is called so
            continue
        nodes = next(each for each in connection["fields"] if each["name"] == "nodes")
        selected = " ".join(
            each["name"]
            for each in types[_base(nodes["type"])]["fields"]
            if not each["args"] and types[_base(each["type"])]["kind"] in ("SCALAR", "ENUM")
        )
        query = f"{{ {field['name']}(first: 3) {{ nodes {{ {selected} __typename }} }} }}"
        answer = it.client.post("/graphql", json={"query": query})
        if answer.status_code != 200 or "errors" in answer.json():
            wrong.append(f"{query[:80]}: {answer.status_code} {answer.text[:300]}")
    return wrong


def _base(type_: dict[str, Any]) -> str:
    while type_.get("ofType"):
        type_ = type_["ofType"]
    return str(type_["name"])
