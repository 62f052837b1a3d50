"""Client generators that others use read the documents: no operation is left out, and what they write compiles."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema

from bdc.output import EmitContext
from bdc_emitters import graphql, openapi
from tests.support.clients import GRAPHQL, MODELS, READERS, missing, spelled
from tests.support.emitted import compiled
from tests.support.specs import ROOT

SYSTEMS = {name: ROOT / "tests" / "systems" / name for name in ("clinic", "theatre", "values", "market")}
SYSTEMS["shop"] = ROOT / "examples" / "shop"
QUICK = [
    (reader, system)
    for reader in ("openapi-python-client", "openapi-typescript")
    for system in ("shop", "clinic")
]
REST = [(reader, system) for reader in READERS for system in SYSTEMS if (reader, system) not in QUICK]


@pytest.mark.tool
@pytest.mark.parametrize(("reader", "system"), QUICK)
def test_a_client_of_every_operation(reader: str, system: str, tmp_path: Path) -> None:
    hold(reader, system, tmp_path)


@pytest.mark.tool
@pytest.mark.long
@pytest.mark.parametrize(("reader", "system"), REST)
def test_other_clients(reader: str, system: str, tmp_path: Path) -> None:
    hold(reader, system, tmp_path)


def hold(reader: str, system: str, folder: Path) -> None:
    """The generator says nothing of what it left out, its client compiles and has every operation (or every model, or field)."""
    reason = missing(reader)
    if reason:
        pytest.skip(reason)
    documents, client = folder / "documents", folder / "client"
    documents.mkdir()
    client.mkdir()
    found = written(system)
    for name, text in found.items():
        (documents / name).write_text(text)
    have = READERS[reader](documents, client)
    wanted = wanted_of(reader, found)
    assert wanted
    assert sorted(name for name in wanted if spelled(name) not in have) == []


def wanted_of(reader: str, documents: dict[str, str]) -> set[str]:
    document = json.loads(documents["openapi.json"])
    if reader in GRAPHQL:
        return fields(documents["schema.graphql"])
    return set(document["components"]["schemas"]) if reader in MODELS else operations(document)


def operations(document: dict[str, Any]) -> set[str]:
    return {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }


def fields(sdl: str) -> set[str]:
    schema = build_schema(sdl)
    roots = (schema.query_type, schema.mutation_type)
    return {name for root in roots if root is not None for name in root.fields}


@cache
def written(name: str) -> dict[str, str]:
    """Return the documents of a system by their file names."""
    system = compiled(SYSTEMS[name])[1]
    context = EmitContext(system)
    files = (file for emitter in (openapi, graphql) for file in emitter.EMITTER.emit(system, context))
    wanted = ("openapi.json", "schema.graphql")
    return {Path(file.path).name: file.content for file in files if Path(file.path).name in wanted}
