"""Constraints that raise errors of the specification, asked of a running service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served("rooms", tmp_path_factory.mktemp("rooms")) as found:
        yield client_of(found, "demo.ann", "guest")


def _told(answer: httpx.Response) -> tuple[int, Any, Any]:
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("constraint")


def test_each_constraint_has_its_own_code(client: httpx.Client) -> None:
    (room,) = client.get("/v1/rooms").json()["items"]
    body = {"number": room["number"], "beds": 1}
    assert _told(client.post("/v1/rooms", json=body)) == (409, "number-taken", "uq_room_number")
    bare = client.patch(f"/v1/rooms/{room['id']}", json={"beds": 0})
    assert _told(bare) == (422, "no-beds", "ck_room_enough")


def test_operations_raise_what_their_statements_break(client: httpx.Client) -> None:
    (room,) = client.get("/v1/rooms").json()["items"]
    at = f"/v1/rooms/{room['id']}/take"
    assert client.post(at, json={"day": "2030-01-01", "until": "2030-01-03"}).status_code == 200
    again = client.post(at, json={"day": "2030-01-01", "until": "2030-01-02"})
    assert _told(again)[:2] == (409, "room-taken")
    assert _told(client.post(at, json={"day": "2030-02-02", "until": "2030-02-01"}))[:2] == (
        422,
        "wrong-order",
    )


def test_graphql_tells_the_same(client: httpx.Client) -> None:
    ask = 'mutation { createGuest(input: {email: "ann@example.com"}) { id } }'
    answer = client.post("/graphql", json={"query": ask}).json()
    assert answer["errors"][0]["extensions"]["code"] == "email-taken"


def test_a_value_that_some_may_not_read_is_not_named(client: httpx.Client) -> None:
    for email, expected in (("a@example.com", 201), ("b@example.com", 409)):
        answer = client.post("/v1/guests", json={"email": email, "secret": "hush"})
        assert answer.status_code == expected
    assert _told(answer) == (409, "conflict", None)


def test_the_document_tells_the_codes(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    told = str(paths["/v1/rooms/{id}/take"]["post"]["responses"]["409"])
    assert "RoomTaken" in told and "NumberTaken" in told
