"""Rows that were marked as deleted and appear again."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("attic", tmp_path_factory.mktemp("attic")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "keeper") as client:
        yield client


def _made(client: httpx.Client, code: str) -> str:
    answer = client.post("/v1/things", json={"code": code, "name": "Lamp"})
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def test_a_deleted_row_appears_again(up: Running, ann: httpx.Client) -> None:
    key = _made(ann, "a1")
    assert ann.post(f"/v1/things/{key}/restore").status_code == 404
    assert ann.delete(f"/v1/things/{key}").status_code == 204
    assert ann.get(f"/v1/things/{key}").status_code == 404
    with client_of(up, "demo.ben", "keeper") as ben:
        assert ben.post(f"/v1/things/{key}/restore").status_code == 403
    stale = ann.post(f"/v1/things/{key}/restore", headers={"if-match": '"1"'})
    assert stale.status_code == 412
    back = ann.post(f"/v1/things/{key}/restore")
    assert (back.status_code, back.json()["name"], back.json()["version"]) == (200, "Lamp", 3)
    assert ann.get(f"/v1/things/{key}").status_code == 200


def test_a_row_that_took_its_place_is_a_conflict(up: Running, ann: httpx.Client) -> None:
    first = _made(ann, "b1")
    ann.delete(f"/v1/things/{first}")
    second = _made(ann, "b1")
    refused = ann.post(f"/v1/things/{first}/restore")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:problem:conflict")
    ann.delete(f"/v1/things/{second}")
    with client_of(up, "demo.ben", "boss") as boss:
        assert boss.post(f"/v1/things/{first}/restore").status_code == 200


def test_by_another_field_and_over_graphql(ann: httpx.Client) -> None:
    assert ann.post("/v1/labels", json={"slug": "old"}).status_code == 201
    assert ann.delete("/v1/labels/old").status_code == 204
    assert ann.post("/v1/labels/old/restore").json()["slug"] == "old"
    key = _made(ann, "c1")
    ann.delete(f"/v1/things/{key}")
    asked: dict[str, Any] = {
        "query": "mutation($id: ID!) { restoreThing(id: $id) { code } }",
        "variables": {"id": key},
    }
    assert ann.post("/graphql", json=asked).json()["data"] == {"restoreThing": {"code": "c1"}}
    told = ann.get(f"/v1/things/{key}?_can=true").json()["_can"]
    assert told == {"update": True, "delete": True}


def test_answers_without_a_body(ann: httpx.Client) -> None:
    minimal = {"prefer": "respond-async, return=minimal"}
    made = ann.post("/v1/things", json={"code": "d1", "name": "Lamp"}, headers=minimal)
    assert (made.status_code, made.content, made.headers["preference-applied"]) == (
        201,
        b"",
        "return=minimal",
    )
    place = made.headers["location"]
    changed = ann.patch(place, json={"name": "Torch"}, headers={**minimal, "if-match": made.headers["etag"]})
    assert (changed.status_code, changed.content, changed.headers["etag"]) == (204, b"", '"2"')
    assert ann.patch(place, json={"name": ""}, headers=minimal).status_code == 422
    ann.delete(place)
    assert ann.post(f"{place}/restore", headers=minimal).status_code == 204
    whole = ann.get(place)
    assert whole.json()["name"] == "Torch" and "preference-applied" not in whole.headers
    head = ann.head(place)
    assert (head.status_code, head.content) == (200, b"")
    assert ann.options(place).status_code in (200, 204)
