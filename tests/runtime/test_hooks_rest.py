"""Hooks before and after create, update and delete: over REST, GraphQL and in calls of many rows."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("forum", tmp_path_factory.mktemp("forum")) as found:
        yield found


@pytest.fixture(scope="module")
def boss(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ben", "boss") as client:
        yield client


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "member") as client:
        yield client


def _topic(boss: httpx.Client, title: str, **more: Any) -> str:
    made = boss.post("/v1/topics", json={"title": title, **more})
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    return found


def _counts(client: httpx.Client, topic: str) -> tuple[int, int]:
    row = client.get(f"/v1/topics/{topic}").json()
    return row["comments"], row["votes"]


def test_a_value_is_set_before_the_row_is_written(boss: httpx.Client, ann: httpx.Client) -> None:
    topic = _topic(boss, "hats and coats")
    assert boss.get(f"/v1/topics/{topic}").json()["title"] == "Hats and coats"
    made = ann.post(f"/v1/topics/{topic}/comments", json={"text": "quiet"})
    assert (made.status_code, made.json()["loud"], made.json()["version"]) == (201, "QUIET", 1)


def test_a_requirement_refuses_before_anything_is_written(boss: httpx.Client, ann: httpx.Client) -> None:
    topic = _topic(boss, "Old", closed=True)
    refused = ann.post(f"/v1/topics/{topic}/comments", json={"text": "late"})
    assert (refused.status_code, refused.json()["type"], refused.json()["title"]) == (
        409,
        "urn:problem:closed",
        refused.json()["title"],
    )
    assert _counts(ann, topic) == (0, 0)
    assert ann.get(f"/v1/topics/{topic}/comments").json()["items"] == []


def test_rows_beside_it_follow(up: Running, boss: httpx.Client, ann: httpx.Client) -> None:
    topic = _topic(boss, "Trains")
    place = f"/v1/topics/{topic}/comments"
    key = ann.post(place, json={"text": "one"}).json()["id"]
    ann.post(place, json={"text": "two"})
    assert _counts(ann, topic) == (2, 0)
    assert ann.patch(f"{place}/{key}", json={"text": "one"}).json()["type"] == "urn:problem:same"
    changed = ann.patch(f"{place}/{key}", json={"text": "uno"})
    assert (changed.status_code, changed.json()["edits"], changed.json()["version"]) == (200, 1, 2)
    assert boss.patch(f"{place}/{key}", json={"text": "eins"}).status_code == 403
    (revision,) = boss.get("/v1/revisions", params={"comment_id": key}).json()["items"]
    assert (revision["before"], revision["after"]) == ("one", "uno")
    ann.patch(f"{place}/{key}", json={"text": "eins"})
    defended = ann.delete(f"{place}/{key}")
    assert (defended.status_code, defended.json()["edits"]) == (409, 2)
    other = ann.get(place).json()["items"][-1]["id"]
    assert other != key
    assert boss.delete(f"{place}/{other}").status_code == 204
    assert _counts(ann, topic) == (1, 0)
    assert "two" in [each["what"] for each in boss.get("/v1/graves").json()["items"]]


def test_another_tenant_reaches_nothing(up: Running, boss: httpx.Client) -> None:
    topic = _topic(boss, "Ours")
    with client_of(up, "demo.cleo", "boss") as cleo:
        assert cleo.post(f"/v1/topics/{topic}/comments", json={"text": "psst"}).status_code == 404
        assert cleo.post("/v1/votes", json={"topic_id": topic}).status_code == 422
    assert _counts(boss, topic) == (0, 0)


def test_a_right_to_delete_is_enough(boss: httpx.Client, ann: httpx.Client) -> None:
    topic = _topic(boss, "Votes")
    assert ann.post("/v1/votes", json={"topic_id": topic, "weight": 3}).status_code == 201
    assert _counts(ann, topic) == (0, 3)
    key = ann.get("/v1/votes").json()["items"][0]
    place = f"/v1/votes/{key['topic_id']}/{key['voter_id']}"
    assert boss.delete(place).status_code == 403
    assert _counts(ann, topic) == (0, 3)
    assert ann.delete(place).status_code == 204
    assert _counts(ann, topic) == (0, 0)


def test_calls_of_many_rows_run_them_for_each(boss: httpx.Client, ann: httpx.Client) -> None:
    topics = [_topic(boss, f"Bulk {number}") for number in range(3)]
    rows = [{"topic_id": topic, "weight": number + 1} for number, topic in enumerate(topics)]
    assert ann.post("/v1/votes:bulk", json=rows).json() == {"count": 3}
    assert [_counts(ann, topic)[1] for topic in topics] == [1, 2, 3]
    again = ann.post("/v1/votes:bulk", json=[{"topic_id": topics[0]}])
    assert again.status_code == 409 and _counts(ann, topics[0]) == (0, 1)
    me = ann.get("/v1/votes").json()["items"][0]["voter_id"]
    keys = [{"topic_id": topic, "voter_id": me} for topic in topics[:2]]
    assert ann.post("/v1/votes:bulk-delete", json=keys).json() == {"count": 2}
    assert [_counts(ann, topic)[1] for topic in topics] == [0, 0, 3]


def test_over_graphql(boss: httpx.Client, ann: httpx.Client) -> None:
    topic = _topic(boss, "Graph")
    create = 'mutation($t: ID!) { createComment(topicId: $t, input: { text: "hi" }) { id loud } }'
    asked = ann.post("/graphql", json={"query": create, "variables": {"t": topic}}).json()
    if "errors" in asked:
        raise AssertionError(asked)
    assert asked["data"]["createComment"]["loud"] == "HI"
    assert _counts(ann, topic) == (1, 0)
    boss.patch(f"/v1/topics/{topic}", json={"closed": True})
    refused = ann.post("/graphql", json={"query": create, "variables": {"t": topic}}).json()
    assert refused["errors"][0]["extensions"]["code"] == "closed"
    assert _counts(ann, topic) == (1, 0)
