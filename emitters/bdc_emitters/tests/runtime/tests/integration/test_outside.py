"""What the service sends outside is what its description says: every member that is required, and no other."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: Data = json.loads((ROOT / "api/documentation/openapi.json").read_text(encoding="utf-8"))
READ = [
    path
    for path, item in DOCUMENT["paths"].items()
    if "get" in item and "{" not in path and not path.startswith("/.well-known")
]


@pytest.mark.parametrize("path", READ)
def test_answers_are_as_described(backend: Backend, matrix: Matrix, rows: Rows, path: str) -> None:
    operation = DOCUMENT["paths"][path]["get"]
    with httpx.Client(base_url=backend.url, timeout=30) as client:
        for claims in matrix.document["callers"].values():
            headers = backend.credentials(claims, backend.kind_at(path)) if claims is not None else {}
            answer = client.get(path, headers=headers)
            described = operation["responses"].get(str(answer.status_code))
            assert described is not None, (path, answer.status_code, answer.text)
            described = resolved(described)
            if answer.content:
                media = described["content"][answer.headers["content-type"].partition(";")[0]]
                assert list(differences(answer.json(), media["schema"], "")) == []


def resolved(found: Any) -> Any:
    while "$ref" in found:
        _, *parts = found["$ref"].split("/")
        found = DOCUMENT
        for part in parts:
            found = found[part]
    return found


def differences(value: Any, schema: Data, path: str) -> Any:
    """Yield members that are missing, and those that are not described."""
    schema = resolved(schema)
    if "anyOf" in schema:
        found = [list(differences(value, each, path)) for each in schema["anyOf"]]
        yield from min(found, key=len)
        return
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for at, item in enumerate(value):
            yield from differences(item, schema["items"], f"{path}/{at}")
    if schema.get("type") == "null" and value is not None:
        yield f"{path} is not null"
    if not isinstance(value, dict) or "properties" not in schema:
        return
    yield from (f"{path}/{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, held in value.items():
        if name in schema["properties"]:
            yield from differences(held, schema["properties"][name], f"{path}/{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{path}/{name} is not described"
