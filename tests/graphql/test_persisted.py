"""Documents that are known: what names them, and that production answers no others."""

import json
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.graphql.harness import importable
from tests.support.emitted import build
from tests.support.served import SYSTEMS, client_of, served_from

DESK = SYSTEMS / "desk"
TEXT = (DESK / "api/graphql/documents/own.graphql").read_text()
NAME = "sha256:" + sha256(TEXT.encode()).hexdigest()
OTHER = "{ profiles: users { nodes { username } } }"


CLIENT = json.loads((DESK / "api/graphql/documents/client.json").read_text())
FOUND: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"documentId": NAME}, TEXT),
    ({"documentId": "theme"}, CLIENT["theme"]),
    ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": NAME[7:].upper()}}}, TEXT),
    ({"query": TEXT}, TEXT),
    ({"query": OTHER}, None),
    ({"query": OTHER, "documentId": NAME}, None),
    ({"documentId": "sha256:" + "0" * 64}, None),
)


def test_production_answers_what_is_known(tmp_path: Path) -> None:
    with importable(build(DESK, tmp_path / "out")):
        from api.graphql import SETTINGS
        from api.graphql.engine.endpoint import Endpoint
        from api.graphql.engine.extensions import Extensions

        endpoint = Endpoint(SETTINGS, Extensions())
        production: Any = SimpleNamespace(services=SimpleNamespace(settings=SimpleNamespace(production=True)))
        for request, found in FOUND:
            assert endpoint._members(production, request)[0] == found, request


@pytest.mark.postgres
def test_a_request_names_its_document(tmp_path: Path) -> None:
    with served_from(DESK, tmp_path) as up, client_of(up, "demo.ann", "member") as ann:
        own = {"data": {"ownUser": {"username": "ann", "email": "ann@x.test"}}}
        assert ann.post("/graphql", json={"documentId": NAME}).json() == own
        assert ann.get("/graphql", params={"documentId": NAME}).json() == own
        extensions = json.dumps({"persistedQuery": {"version": 1, "sha256Hash": NAME[7:]}})
        assert ann.get("/graphql", params={"extensions": extensions}).json() == own
        theme = {"documentId": "theme", "variables": {"theme": "dark"}}
        assert ann.post("/graphql", json=theme).json()["data"] == {"updateOwnSettings": {"theme": "dark"}}
        assert ann.get("/graphql", params={"documentId": "theme"}).status_code == 405
        _is_not_found(ann.post("/graphql", json={"documentId": "unknown"}))
        assert ann.post("/graphql", json={"documentId": 7}).status_code == 400
        assert ann.post("/graphql", json={}).status_code == 400
        assert "nodes" in ann.post("/graphql", json={"query": OTHER}).text, (
            "in development others are answered"
        )


def _is_not_found(answer: httpx.Response) -> None:
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("PersistedQueryNotFound", "graphql-document")
