"""Vectors as lists of numbers, on a running service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("tasting", tmp_path_factory.mktemp("tasting")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "taster") as client:
        yield client


def test_vectors_are_written_and_read(ann: httpx.Client) -> None:
    made = ann.post("/v1/wines", json={"name": "new", "scent": [0.1, 1e-3, -3]})
    assert made.status_code == 201, made.text
    assert (made.json()["scent"], made.json()["taste"]) == ([0.1, 0.001, -3], None)
    assert (made.json()["body"], made.json()["wide"]) == ([0.5, -1], [0, 0, 0, 0, 1])
    where = made.headers["location"]
    changed = ann.patch(where, json={"taste": [1, 2, 3, 4]}, headers={"If-Match": made.headers["etag"]})
    assert changed.json()["taste"] == [1, 2, 3, 4]
    moved = ann.post(f"{where}/retaste", json={"to": [0.25, 1, 2]})
    assert (moved.json()["scent"], moved.json()["body"]) == ([0.25, 1, 2], [1, 1])
    assert ann.post(f"{where}/decant", json={}).json()["scent"] == [1, 2, 3]
    assert ann.delete(where, headers={"If-Match": "*"}).status_code in (204, 412)


@pytest.mark.parametrize(
    ("wrong", "place", "code"),
    [
        ([1, 2], "/scent", "length"),
        ([1, 2, 3, 4], "/scent", "length"),
        ([], "/scent", "length"),
        ("[1,2,3]", "/scent", "type"),
        ([1, 2, "3"], "/scent/2", "type"),
        ([1, None, 3], "/scent/1", "type"),
        ([1e39, 2, 3], "/scent/0", "range"),
    ],
)
def test_what_is_no_such_list_is_refused(ann: httpx.Client, wrong: Any, place: str, code: str) -> None:
    answer = ann.post("/v1/wines", json={"name": "x", "scent": wrong})
    assert answer.status_code == 422
    assert [(each["path"], each["code"]) for each in answer.json()["errors"]] == [(place, code)]
    many = ann.post("/v1/wines:bulk", json=[{"name": "x", "scent": wrong}])
    assert many.json()["errors"][0]["path"] == f"/0{place}"


def test_numbers_of_16_bits_have_their_own_bound(ann: httpx.Client) -> None:
    answer = ann.post("/v1/wines", json={"name": "x", "scent": [1, 2, 3], "wide": [0, 0, 65_505, 0, 0]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "/wide/2"


def test_vectors_over_graphql(ann: httpx.Client) -> None:
    document = 'mutation($to: [Float!]!) { createWine(input: { name: "g", scent: $to }) { scent taste } }'
    made = ann.post("/graphql", json={"query": document, "variables": {"to": [1, 0.5, 0]}}).json()
    assert made["data"]["createWine"] == {"scent": [1, 0.5, 0], "taste": None}
    refused = ann.post("/graphql", json={"query": document, "variables": {"to": [1]}}).json()
    assert refused["errors"][0]["extensions"]["errors"][0]["path"] == "/scent"


def test_sql_takes_a_vector(ann: httpx.Client) -> None:
    found = ann.post("/v1/near", json={"to": [0, 0, 1], "most": 1}).json()
    assert [(row["name"], row["scent"]) for row in found] == [("up", [0, 0, 1])]
    assert ann.post("/v1/near", json={"to": [0, 0]}).status_code == 422
