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
    assert ann.post(f"{where}/judge", json={}).status_code == 501  # its Python reads the row first
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


def _listed(client: httpx.Client, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/wines?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.fixture(scope="module")
def cellar(up: Running, ann: httpx.Client) -> None:
    """2,000 rows that only Ann may read, nearer than all that others may read."""
    hidden = [{"name": f"h{at}", "scent": [5, at / 1_000, 5], "open": False} for at in range(2_000)]
    shown = [
        {"name": f"s{at}", "scent": [5, 2 + at / 100, 5], "colour": "white" if at % 2 else "rose"}
        for at in range(60)
    ]
    assert ann.post("/v1/wines:bulk", json=hidden).json() == {"count": 2_000}
    assert ann.post("/v1/wines:bulk", json=shown).json() == {"count": 60}


@pytest.mark.usefixtures("cellar")
def test_the_nearest_rows_come_first(up: Running, ann: httpx.Client) -> None:
    assert [row["name"] for row in _listed(ann, "nearest=5,0,5&limit=3")] == ["h0", "h1", "h2"]
    with client_of(up, "demo.ben", "taster") as ben:
        found = _listed(ben, "nearest=[5,2,5]&limit=50&colour=white&_distance=true")
        assert [row["name"] for row in found] == [f"s{at}" for at in range(1, 60, 2)]
        far = [row["_distance"] for row in found]
        assert far == sorted(far) and 0 < far[0] < 0.001
        assert "_distance" not in _listed(ben, "nearest=5,2,5&limit=1")[0]
    with client_of(up, "demo.cleo", "taster") as cleo:
        assert _listed(cleo, "nearest=5,0,5") == []


@pytest.mark.usefixtures("cellar")
def test_pages_of_the_nearest_go_on(up: Running) -> None:
    with client_of(up, "demo.ben", "taster") as ben:
        names: list[str] = []
        query = "nearest=5,2,5&colour=white&limit=20"
        page = ben.get(f"/v1/wines?{query}").json()
        while page["next_cursor"]:
            names += [row["name"] for row in page["items"]]
            page = ben.get(f"/v1/wines?{query}&cursor={page['next_cursor']}").json()
        assert names + [row["name"] for row in page["items"]] == [f"s{at}" for at in range(1, 60, 2)]
        other = ben.get(f"/v1/wines?{query}").json()["next_cursor"]
        assert ben.get(f"/v1/wines?nearest=5,1,5&colour=white&limit=20&cursor={other}").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        "nearest=1,0",
        "nearest=",
        "nearest=1,0,x",
        "nearest=1,0,nan",
        "nearest=1,0,inf",
        "nearest=1,0,1e39",
        "nearest=1,0,0&sort=name",
        "_distance=true",
        "nearest=1,0,0&_distance=1",
    ],
)
def test_what_is_no_vector_to_be_near_to_is_refused(ann: httpx.Client, wrong: str) -> None:
    assert ann.get(f"/v1/wines?{wrong}").status_code == 422


@pytest.mark.usefixtures("cellar")
def test_the_nearest_over_graphql(ann: httpx.Client) -> None:
    def ask(document: str, **variables: Any) -> Any:
        return ann.post("/graphql", json={"query": document, "variables": variables}).json()

    document = (
        "query($to: [Float!]) { wines(first: 2, nearest: $to) { nodes { name _distance } edges { cursor } } }"
    )
    found = ask(document, to=[5, 0, 5])["data"]["wines"]
    assert [row["name"] for row in found["nodes"]] == ["h0", "h1"]
    assert found["nodes"][0]["_distance"] == pytest.approx(0, abs=1e-6)
    after = found["edges"][1]["cursor"]
    more = ask(f'{{ wines(first: 1, nearest: [5, 0, 5], after: "{after}") {{ nodes {{ name }} }} }}')
    assert more["data"]["wines"]["nodes"] == [{"name": "h2"}]
    assert ask(document, to=None)["data"]["wines"]["nodes"][0]["_distance"] is None
    assert ask(document, to=[5, 0])["errors"][0]["extensions"]["code"] == "graphql-variables"
    assert "errors" in ask("{ wines(nearest: [5, 0, 5], sort: NAME_ASC) { nodes { name } } }")


def test_a_distance_that_is_no_number_is_null(ann: httpx.Client) -> None:
    assert _listed(ann, "nearest=0,0,0&limit=1&_distance=true")[0]["_distance"] is None
