"""Fields of the caller's own row: in rules, defaults, operations and computed fields, asked of a running service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("teams", tmp_path_factory.mktemp("teams")) as found:
        yield found


def _client(up: Running, actor: str) -> httpx.Client:
    return client_of(up, actor, "worker")


def _jobs(up: Running, actor: str, query: str = "") -> list[dict[str, Any]]:
    with _client(up, actor) as client:
        answer = client.get(f"/v1/jobs{query}")
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json()["items"] if each["title"] == "first"]


def test_a_computed_field_is_the_callers_own(up: Running) -> None:
    (hers,), (his,) = (_jobs(up, actor) for actor in ("demo.ann", "demo.bob"))
    assert (hers["mine"], hers["near"]) == (True, "Ann")
    assert (his["mine"], his["near"]) == (False, "first")


def test_a_list_is_filtered_by_it(up: Running) -> None:
    found = {actor: len(_jobs(up, actor, "?mine=true")) for actor in ("demo.ann", "demo.bob")}
    assert found == {"demo.ann": 1, "demo.bob": 0}


def test_rules_read_the_callers_row(up: Running) -> None:
    seen = {}
    for actor in ("demo.ann", "demo.bob"):
        with _client(up, actor) as client:
            teams = client.get("/v1/teams").json()["items"]
            workers = client.get("/v1/workers").json()["items"]
        seen[actor] = (
            {(each["name"], each["seated"], each["above"]) for each in teams},
            {each["name"] for each in workers},
        )
    assert seen["demo.ann"] == ({("Blue", False, 4)}, {"Ann"})
    assert seen["demo.bob"] == ({("Blue", False, 0), ("Red", True, -5)}, {"Bob"})


def test_a_new_row_takes_values_from_it(up: Running) -> None:
    with _client(up, "demo.bob") as client:
        (blue,) = (each for each in client.get("/v1/teams").json()["items"] if each["name"] == "Blue")
        made = client.post("/v1/jobs", json={"title": "his"}).json()
        assert (made["team_id"], made["region"], made["mine"]) == (blue["id"], "FR", True)
        assert client.post(f"/v1/jobs/{made['id']}/mark").json()["rank"] == 2
        assert client.patch(f"/v1/jobs/{made['id']}", json={"title": "x"}).status_code == 403  # rank 1


def test_graphql_computes_it_too(up: Running) -> None:
    ask = "{ jobs(filter: {mine: {eq: true}}) { nodes { title mine near author { name } } } }"
    with _client(up, "demo.ann") as client:
        answer = client.post("/graphql", json={"query": ask}).json()
    assert answer["data"]["jobs"]["nodes"] == [
        {"title": "first", "mine": True, "near": "Ann", "author": {"name": "Ann"}}
    ]
