"""Rows that arguments of operations in Python and SQL name, on a running service."""

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
