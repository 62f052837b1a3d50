"""Rows that operations in Python and SQL take and give, on a running service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
MERGE = "/v1/merge"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("museum", tmp_path_factory.mktemp("museum")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "head") as client:
        yield client


@pytest.fixture(scope="module")
def ben(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ben", "guard") as client:
        yield client


@pytest.fixture(scope="module")
def keys(up: Running) -> dict[str, Any]:
    """The key of each piece and keeper, by title and name."""
    found = {}
    for actor in ("ann", "cleo"):
        with client_of(up, f"demo.{actor}", "guard") as client:
            for path, name in (("pieces", "title"), ("keepers", "name")):
                found |= {row[name]: row["id"] for row in client.get(f"/v1/{path}").json()["items"]}
    return found


def _places(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [each["path"] for each in answer.json()["errors"] if each["code"] == "not-found"]


def test_python_is_given_rows_that_its_caller_may_read(
    ann: httpx.Client, ben: httpx.Client, keys: dict[str, Any]
) -> None:
    both = {"first_id": keys["Vase"], "second_id": keys["Coin"]}
    assert ann.post(MERGE, json=both).json() == 13
    assert ann.post(MERGE, json={"first_id": keys["Vase"]}).json() == 10
    assert _places(ben.post(MERGE, json=both)) == ["/second_id"]  # not shown to Ben
    far = {"first_id": keys["Idol"], "second_id": 999_999}
    assert _places(ann.post(MERGE, json=far)) == ["/first_id", "/second_id"]
    assert ann.post(MERGE, json={"first_id": "x"}).status_code == 422
    assert _places(ann.post("/v1/unlock", json={"vault_id": "iron"})) == ["/vault_id"]  # no role reads vaults


def test_a_refusal_keeps_no_answer(ann: httpx.Client, keys: dict[str, Any]) -> None:
    again = {"Idempotency-Key": "merge-1"}
    assert _places(ann.post(MERGE, json={"first_id": 999_999}, headers=again)) == ["/first_id"]
    for _ in range(2):
        assert ann.post(MERGE, json={"first_id": keys["Coin"]}, headers=again).json() == 3


def test_python_on_a_row_is_given_another_one(ann: httpx.Client, keys: dict[str, Any]) -> None:
    made = ann.post("/v1/pieces", json={"keeper_id": keys["Ann"], "title": "Bowl", "worth": 1}).json()
    where = f"/v1/pieces/{made['id']}/lend"
    assert _places(ann.post(where, json={"borrower_id": keys["Cleo"], "days": 3})) == ["/borrower_id"]
    lent = ann.post(where, json={"borrower_id": keys["Ben"], "days": 3}).json()
    assert (lent["keeper_id"], lent["title"]) == (keys["Ben"], "Bowl (3 days)")


def test_sql_is_given_rows_that_its_caller_may_read(
    ann: httpx.Client, ben: httpx.Client, keys: dict[str, Any]
) -> None:
    asked = f"/v1/compare?first_id={keys['Vase']}&second_id={keys['Coin']}"
    assert ann.get(asked).json() == 7
    assert _places(ben.get(asked)) == ["?second_id"]
    weighed = ben.post(f"/v1/pieces/{keys['Vase']}/weigh", json={"against_id": keys["Coin"]})
    assert _places(weighed) == ["/against_id"]


def test_graphql_names_the_argument(ben: httpx.Client, keys: dict[str, Any]) -> None:
    document = "mutation($a: BigInt!, $b: BigInt!) { merge(firstId: $a, secondId: $b) }"

    def merged(second: str) -> dict[str, Any]:
        variables = {"a": keys["Vase"], "b": keys[second]}
        found: dict[str, Any] = ben.post("/graphql", json={"query": document, "variables": variables}).json()
        return found

    assert merged("Mask") == {"data": {"merge": 17}}
    (error,) = merged("Coin")["errors"]
    assert error["extensions"]["errors"][0]["path"] == "/secondId"


def _asked(client: httpx.Client, document: str) -> Any:
    answer = client.post("/graphql", json={"query": document}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_rows_that_sql_finds_are_read_by_their_policy(
    up: Running, ann: httpx.Client, ben: httpx.Client
) -> None:
    seen = [(row["title"], row["note"]) for row in ben.get("/v1/ranking").json()]
    assert [each for each in seen if each[0] in ("Vase", "Mask", "Coin")] == [
        ("Vase", None),
        ("Mask", "loud"),
    ]
    mine = [(row["title"], row["note"]) for row in ann.get("/v1/ranking?most=1").json()]
    assert mine == [("Vase", "cracked")]
    assert ann.get("/v1/ranking?most=0").json() == []
    with client_of(up, "demo.cleo", "guard") as cleo:
        assert [row["title"] for row in cleo.get("/v1/ranking").json()] == ["Idol"]
        assert cleo.get("/v1/stays").json() == []


def test_a_row_of_several_keys_and_of_another_table(ann: httpx.Client, ben: httpx.Client) -> None:
    assert [row["room"] for row in ann.get("/v1/stays").json()] == ["west", "east"]
    assert [row["room"] for row in ben.get("/v1/stays").json()] == ["east"]
    assert ann.get("/v1/richest").json()["name"] == "Ann"


def test_rows_are_answered_as_the_statement_left_them(ann: httpx.Client, keys: dict[str, Any]) -> None:
    before = {row["id"]: row["worth"] for row in ann.get("/v1/ranking").json()}
    after = {row["id"]: row["worth"] for row in ann.post("/v1/reprice", json={"by": 2}).json()}
    assert after and all(after[key] == before[key] + 2 for key in after)
    assert keys["Idol"] not in after
    assert ann.post("/v1/reprice", json={"by": -2}).status_code == 200
    assert ann.post("/v1/reprice", json={"by": -1_000_000}).json() == []


def test_rows_that_sql_finds_over_graphql(ann: httpx.Client, keys: dict[str, Any]) -> None:
    found = _asked(ann, "{ ranking(most: 1) { title note } richest { name } stays { room day } }")
    assert found["ranking"] == [{"title": "Vase", "note": "cracked"}]
    assert found["richest"] == {"name": "Ann"}
    assert [row["room"] for row in found["stays"]] == ["west", "east"]
    alike = _asked(ann, f"mutation {{ alikePiece(id: {keys['Vase']}) {{ title keeper {{ name }} }} }}")
    assert {"title": "Coin", "keeper": {"name": "Ann"}} in alike["alikePiece"]
