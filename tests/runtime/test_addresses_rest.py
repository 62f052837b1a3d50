"""Rows that paths name by another field and under other rows, and fields that no answer has: over REST and GraphQL."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres

TWO = "two%2F2%20%C3%A9"
SECRET = {"passphrase", "pin", "rating", "trusted", "inviter_id"}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("gazette", tmp_path_factory.mktemp("gazette")) as found:
        yield found


@pytest.fixture(scope="module")
def bo(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.bo", "member") as client:
        yield client


@pytest.fixture(scope="module")
def ed(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ed", "editor") as client:
        yield client


def _query(client: httpx.Client, document: str, **variables: Any) -> Any:
    answer = client.post("/graphql", json={"query": document, "variables": variables}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_a_row_is_found_by_its_field_alone(bo: httpx.Client) -> None:
    row = bo.get(f"/v1/articles/{TWO}").json()
    assert (row["slug"], row["title"]) == ("two/2 é", "Two")
    assert bo.get(f"/v1/articles/{row['id']}").status_code == 404
    assert bo.get("/v1/articles/draft").status_code == 404
    assert (
        _query(bo, "query($s: String!) { article(slug: $s) { id title } }", s="two/2 é")["article"]["title"]
        == "Two"
    )


def test_the_address_follows_the_field(ed: httpx.Client) -> None:
    body = {"slug": "a b/c", "writer_id": ed.get("/v1/writers/ed").json()["id"], "title": "New"}
    made = ed.post("/v1/articles", json=body)
    assert made.headers["location"] == "/v1/articles/a%20b%2Fc"
    moved = ed.patch(
        made.headers["location"], json={"slug": "moved"}, headers={"If-Match": made.headers["etag"]}
    )
    assert (moved.status_code, moved.json()["slug"]) == (200, "moved")
    assert ed.get(made.headers["location"]).status_code == 404
    stale = ed.patch("/v1/articles/moved", json={"title": "x"}, headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    assert ed.delete("/v1/articles/moved").status_code == 204
    again = ed.post("/v1/articles", json={**body, "slug": "moved"})
    assert again.status_code == 201, "the deleted row has given its slug back"
    assert ed.post("/v1/articles/moved/print").json()["id"] == again.json()["id"]


def test_rows_are_those_of_the_row_around(bo: httpx.Client) -> None:
    page = bo.get("/v1/articles/one/comments?total=true").json()
    assert [each["text"] for each in page["items"]] == ["first"]
    assert page["total"] == 1
    (first,) = page["items"]
    assert bo.get(f"/v1/articles/one/comments/{first['id']}").status_code == 200
    for method, path in (("GET", TWO), ("PATCH", TWO), ("DELETE", TWO), ("GET", "draft"), ("GET", "none")):
        answer = bo.request(
            method, f"/v1/articles/{path}/comments/{first['id']}", json={} if method == "PATCH" else None
        )
        assert answer.status_code == 404, (method, path)
    for path in ("draft", "none"):
        assert bo.get(f"/v1/articles/{path}/comments").status_code == 404
        assert bo.post(f"/v1/articles/{path}/comments", json={"text": "x"}).status_code == 404
    answers = bo.get(f"/v1/articles/one/comments/{first['id']}/answers").json()["items"]
    assert [each["text"] for each in answers] == ["yes"]
    assert bo.get(f"/v1/articles/{TWO}/comments/{first['id']}/answers").status_code == 404


def test_a_new_row_belongs_to_the_row_around(bo: httpx.Client) -> None:
    other = bo.get(f"/v1/articles/{TWO}").json()
    made = bo.post(f"/v1/articles/{TWO}/comments", json={"text": "third"})
    assert (made.status_code, made.json()["article_id"]) == (201, other["id"])
    assert made.headers["location"] == f"/v1/articles/{TWO}/comments/{made.json()['id']}"
    given = bo.post(f"/v1/articles/{TWO}/comments", json={"text": "x", "article_id": other["id"]})
    assert given.status_code == 422
    assert bo.delete(made.headers["location"]).status_code == 204


def test_graphql_names_the_rows_around(bo: httpx.Client) -> None:
    document = "query($s: String!) { comments(slug: $s, first: 5) { nodes { text } totalCount } }"
    assert _query(bo, document, s="one")["comments"] == {"nodes": [{"text": "first"}], "totalCount": 1}
    assert _query(bo, document, s="draft")["comments"] is None
    made = _query(
        bo, 'mutation { createComment(slug: "one", input: {text: "by graph"}) { id text article { slug } } }'
    )["createComment"]
    assert made["article"]["slug"] == "one"
    removed = 'mutation { deleteComment(slug: "%s", id: %s) }'
    gone = removed % ("two/2 é", json.dumps(made["id"]))
    wrong = bo.post("/graphql", json={"query": gone}).json()
    assert wrong["errors"][0]["extensions"]["status"] == 404, wrong
    assert _query(bo, removed % ("one", json.dumps(made["id"])))["deleteComment"] is True


def test_no_answer_has_a_hidden_field(ed: httpx.Client) -> None:
    made = ed.post("/v1/writers", json={"handle": "cy", "passphrase": "correct horse", "pin": "12345"})
    rated = ed.post("/v1/writers/cy/rate", json={"points": 3})
    shown = [
        made.json(),
        rated.json(),
        ed.get("/v1/writers/cy").json(),
        *ed.get("/v1/writers").json()["items"],
    ]
    assert all(not SECRET & row.keys() for row in shown)
    refused = ed.post("/v1/writers/cy/rate", json={"points": -9})
    assert (refused.status_code, refused.json()["rating"]) == (409, None)
    assert ed.patch("/v1/writers/cy", json={"rating": 5}).status_code == 422
    assert ed.get("/v1/writers?fields=handle,rating").status_code == 422
    assert not SECRET & set(
        json.dumps(ed.get("/openapi.json").json()["components"]["schemas"]["Writer"]).split('"')
    )


def test_a_caller_that_has_an_answer_is_told_so(ed: httpx.Client, bo: httpx.Client) -> None:
    for path in (
        "/v1/writers/bo",
        "/v1/writers",
        "/v1/articles/one/comments",
        "/v1/writers/bo?fields=handle",
    ):
        first = bo.get(path)
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = bo.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), (path, known)
        assert bo.get(path, headers={"If-None-Match": '"x"'}).content == first.content
        assert bo.head(path, headers={"If-None-Match": tag}).status_code == 304
    before = bo.get("/v1/writers/bo").headers["etag"]
    changed = ed.patch("/v1/writers/bo", json={"passphrase": "another horse"}, headers={"If-Match": before})
    assert changed.status_code == 200, "the tag of an answer names the version too"
    assert bo.get("/v1/writers/bo", headers={"If-None-Match": before}).status_code == 200
    assert bo.get("/v1/articles/one").headers["etag"] == '"1"', (
        "without the attribute it is the version alone"
    )
