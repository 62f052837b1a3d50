"""Vectors and their nearest neighbours, on a running service."""

from asyncio import run
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("atlas", tmp_path_factory.mktemp("atlas")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "reader") as client:
        yield client


@pytest.fixture(scope="module")
def ben(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ben", "reader") as client:
        yield client


def _nearest(client: httpx.Client, to: str, **more: Any) -> list[str]:
    answer = client.post("/v1/nearest", json={"to": to, **more})
    assert answer.status_code == 200, answer.text
    return [row["text"] for row in answer.json()]


def test_the_nearest_that_a_caller_may_read(up: Running, ann: httpx.Client, ben: httpx.Client) -> None:
    assert _nearest(ann, "[1,0,0]") == ["east", "secret", "up"]
    assert _nearest(ben, "[1, 0, 0]") == ["east", "up"]
    assert _nearest(ben, "[0,0,1]", most=1) == ["up"]
    with client_of(up, "demo.cleo", "reader") as cleo:
        assert _nearest(cleo, "[0,1,0]") == ["far"]
    rows = {row["text"]: row for row in ben.post("/v1/nearest", json={"to": "[1,0,0]"}).json()}
    assert (rows["east"]["remark"], rows["east"]["embedding"]) == (None, "[1,0,0]")


def test_vectors_are_written_and_read(ann: httpx.Client) -> None:
    made = ann.post("/v1/passages", json={"text": "new", "embedding": "[0, 1.5, 0]", "gist": "[1,1,1,1]"})
    assert (made.status_code, made.json()["embedding"]) == (201, "[0,1.5,0]"), made.text
    where, match = made.headers["location"], {"If-Match": made.headers["etag"]}
    changed = ann.patch(where, json={"embedding": "[0,2,0]"}, headers=match)
    assert changed.json()["embedding"] == "[0,2,0]"
    emptied = ann.patch(where, json={"embedding": None}, headers={"If-Match": changed.headers["etag"]})
    assert emptied.json()["embedding"] is None
    assert ann.delete(where, headers={"If-Match": emptied.headers["etag"]}).status_code == 204


@pytest.mark.parametrize("wrong", ["", "x", "[1,2]", "[1,2,3,4]", "[1,2,NaN]", "{1,2,3}", "[]"])
def test_what_is_no_vector_of_that_length_is_refused(ann: httpx.Client, wrong: str) -> None:
    assert ann.post("/v1/passages", json={"text": "x", "embedding": wrong}).status_code == 422
    assert ann.post("/v1/nearest", json={"to": wrong}).status_code == 422


def test_the_nearest_over_graphql(ben: httpx.Client) -> None:
    document = 'mutation { nearest(to: "[0,0,1]", most: 1) { text embedding writer { name } } }'
    found = ben.post("/graphql", json={"query": document}).json()
    assert found["data"]["nearest"] == [{"text": "up", "embedding": "[0,0,1]", "writer": {"name": "Ann"}}]


async def _analyzed(url: str) -> None:
    """Let the planner know how many rows there are, so that it takes the index."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("analyze passage")
    finally:
        await connection.close()


def test_rows_that_a_caller_may_not_read_take_no_place(
    up: Running, ann: httpx.Client, ben: httpx.Client
) -> None:
    hidden = [
        {"text": f"h{place}", "shown": False, "embedding": f"[1,{place / 1_000},0]"} for place in range(4_000)
    ]
    # An index finds most neighbours, not each: one that is far from all others may be left out. This one is beside the last hidden one.
    behind = {"text": "behind", "embedding": "[1,4,0]"}
    assert ann.post("/v1/passages:bulk", json=[*hidden, behind]).json() == {"count": 4_001}
    run(_analyzed(up.settings.admin_url))
    assert len(_nearest(ann, "[1,0,0]", most=100)) == 100
    assert _nearest(ben, "[1,0,0]")[:2] == ["east", "behind"]
