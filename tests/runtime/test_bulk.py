"""Many rows in one call of a running service."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
LENIENT = {"prefer": "handling=lenient"}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("stock", tmp_path_factory.mktemp("stock")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "clerk") as client:
        yield client


def _id(up: Running, name: str) -> str:
    found: str = up.state.actors[f"demo.{name}"]["sub"]
    return found


def _items(up: Running, start: int, number: int, **more: Any) -> list[dict[str, Any]]:
    owner = _id(up, "ann")
    return [{"owner_id": owner, "code": f"c{start + place}", **more} for place in range(number)]


def test_ten_thousand_rows_are_made_at_once(up: Running, ann: httpx.Client) -> None:
    answer = ann.post("/v1/items:bulk", json=_items(up, 10_000, 10_000, note="hush"))
    assert (answer.status_code, answer.json()) == (200, {"count": 10_000}), answer.text
    row = ann.get("/v1/items?limit=1").json()["items"][0]
    assert row["note"] == "hush"
    assert ann.post("/v1/items:bulk", json=_items(up, 0, 10_001)).status_code == 413


def test_all_or_nothing_and_what_can_be(up: Running, ann: httpx.Client) -> None:
    rows = _items(up, 100, 6)
    rows[2]["owner_id"] = _id(up, "ben")  # not the caller's
    rows[4]["amount"] = -1
    rows[5]["code"] = "c100"
    strict = ann.post("/v1/items:bulk", json=rows)
    assert (strict.status_code, strict.json()["errors"][0]["path"]) == (422, "/4/amount")
    told = ann.post("/v1/items:bulk", json=rows, headers=LENIENT).json()
    assert told["count"] == 3
    assert [(each["row"], each["problem"]["status"]) for each in told["errors"]] == [
        (2, 403),
        (4, 422),
        (5, 409),
    ]


def test_lines_in_and_out(up: Running, ann: httpx.Client) -> None:
    lines = "\n".join(json.dumps(row) for row in _items(up, 200, 3))
    headers = {"content-type": "application/x-ndjson", "accept": "application/x-ndjson"}
    answer = ann.post("/v1/items:bulk", content=lines, headers=headers)
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"row": place, "status": 200} for place in range(3)
    ]


def test_rows_are_changed_and_removed_by_their_keys(up: Running, ann: httpx.Client) -> None:
    keys = [str(uuid4()) for _ in range(3)]
    made = [{**row, "id": key} for row, key in zip(_items(up, 300, 3), keys, strict=True)]
    assert ann.post("/v1/items:bulk", json=made).status_code == 200
    patch = [{"id": key, "amount": 7, "note": "changed"} for key in keys]
    assert ann.patch("/v1/items:bulk", json=patch).json() == {"count": 3}
    assert ann.get(f"/v1/items/{keys[0]}").json()["note"] == "changed"
    missing = [*patch, {"id": "0190f3c2-0000-7000-8000-000000000000", "amount": 9}]
    refused = ann.patch("/v1/items:bulk", json=missing)
    assert (refused.status_code, refused.json()["row"]) == (404, 3)
    assert ann.get(f"/v1/items/{keys[0]}").json()["amount"] == 7
    assert ann.post("/v1/items:bulk-delete", json=keys).json() == {"count": 3}
    assert ann.get(f"/v1/items/{keys[0]}").status_code == 404


def test_encrypted_values_are_put(up: Running, ann: httpx.Client) -> None:
    (row,) = _items(up, 500, 1, note="first")
    row["id"] = str(uuid4())
    for note in ("first", "second"):
        assert ann.put("/v1/items:bulk", json=[{**row, "note": note}]).json() == {"count": 1}
        assert ann.get(f"/v1/items/{row['id']}").json()["note"] == note


def test_rows_are_put(ann: httpx.Client) -> None:
    prices = [{"code": "a", "cents": 1}, {"code": "b", "cents": 2}]
    assert ann.post("/v1/prices:bulk", json=prices).json() == {"count": 2}
    changed = [{"code": "b", "cents": 20}, {"code": "c", "cents": 30}]
    assert ann.put("/v1/prices:bulk", json=changed).json() == {"count": 2}
    found = {row["code"]: row["cents"] for row in ann.get("/v1/prices").json()["items"]}
    assert found == {"a": 1, "b": 20, "c": 30}


def test_callers_without_the_role_write_nothing(up: Running) -> None:
    with client_of(up, "demo.ben", "reader") as ben:
        assert ben.post("/v1/items:bulk", json=_items(up, 400, 2)).status_code == 403
        assert ben.post("/v1/items:bulk-delete", json=[]).status_code == 403
    with httpx.Client(base_url=up.backend.url) as stranger:
        assert stranger.post("/v1/items:bulk", json=[]).status_code == 401


def _asked(client: httpx.Client, document: str, **variables: Any) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": document, "variables": variables})
    found: dict[str, Any] = answer.json()
    return found


MADE = "count errors { row status code errors { path code } }"


def test_rows_are_written_over_graphql(up: Running, ann: httpx.Client) -> None:
    owner, keys = _id(up, "ann"), [str(uuid4()) for _ in range(3)]
    rows = [{"id": key, "ownerId": owner, "code": f"g{key}", "amount": 1} for key in keys]
    create = f"mutation($rows: [CreateItemInput!]!) {{ made: createItems(input: $rows) {{ {MADE} }} }}"
    assert _asked(ann, create, rows=rows) == {"data": {"made": {"count": 3, "errors": []}}}
    change = "mutation($rows: [UpdateItemRowInput!]!) { updateItems(input: $rows) { count } }"
    changed = _asked(ann, change, rows=[{"id": key, "amount": 5, "note": "hush"} for key in keys])
    assert changed["data"] == {"updateItems": {"count": 3}}
    row = ann.get(f"/v1/items/{keys[0]}").json()
    assert (row["amount"], row["note"]) == (5, "hush")
    put = "mutation($rows: [CreateItemInput!]!) { putItems(input: $rows) { count } }"
    assert _asked(ann, put, rows=[{**rows[0], "amount": 9}])["data"] == {"putItems": {"count": 1}}
    gone = "mutation($keys: [ID!]!) { deleteItems(keys: $keys) { count } }"
    assert _asked(ann, gone, keys=keys)["data"] == {"deleteItems": {"count": 3}}
    assert ann.get(f"/v1/items/{keys[0]}").status_code == 404


def test_graphql_names_the_rows_that_are_not_written(up: Running, ann: httpx.Client) -> None:
    create = (
        "mutation($rows: [CreateItemInput!]!, $lenient: Boolean) "
        f"{{ createItems(input: $rows, lenient: $lenient) {{ {MADE} }} }}"
    )
    rows = [{"ownerId": _id(up, "ann"), "code": f"h{place}"} for place in range(4)]
    rows[1]["ownerId"] = _id(up, "ben")
    rows[2] |= {"amount": -1}  # type: ignore[dict-item]
    rows[3]["code"] = "h0"
    strict = _asked(ann, create, rows=rows)
    assert strict["data"] == {"createItems": None}
    assert strict["errors"][0]["extensions"]["errors"][0]["path"] == "/2/amount"
    told = _asked(ann, create, rows=rows, lenient=True)["data"]["createItems"]
    assert told["count"] == 1
    assert [(each["row"], each["status"]) for each in told["errors"]] == [(1, 403), (2, 422), (3, 409)]
    assert told["errors"][1]["errors"] == [{"path": "/2/amount", "code": "range"}]
    with client_of(up, "demo.ben", "reader") as ben:
        refused = _asked(ben, create, rows=rows[:1])
        assert refused["errors"][0]["extensions"]["code"] == "forbidden"


def test_ten_thousand_rows_over_graphql(up: Running, ann: httpx.Client) -> None:
    create = "mutation($rows: [CreateReadingInput!]!) { createReadings(input: $rows) { count } }"
    rows = [{"sensor": "s", "value": place} for place in range(10_001)]
    assert _asked(ann, create, rows=rows[:-1])["data"] == {"createReadings": {"count": 10_000}}
    many = _asked(ann, create, rows=rows)
    assert many["errors"][0]["extensions"]["code"] == "payload-too-large"


def test_each_row_counts_as_a_call(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("counted")
    create = "mutation($rows: [CreateReadingInput!]!) { createReadings(input: $rows) { count } }"
    rows = [{"sensor": "s", "value": place} for place in range(40)]
    with (
        served("stock", folder, LIMITS_RATE="50", LIMITS_RATE_SECONDS="60") as up,
        client_of(up, "demo.ann", "clerk") as client,
    ):
        assert _asked(client, create, rows=rows)["data"] == {"createReadings": {"count": 40}}
        refused = client.post("/graphql", json={"query": create, "variables": {"rows": rows}})
        assert "too-many-requests" in refused.text
