"""Many rows below one row, in one call of a running service."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
LENIENT = {"prefer": "handling=lenient"}
COMMENTS = "/v1/articles/one/comments"


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


@pytest.fixture(scope="module")
def answers(bo: httpx.Client) -> str:
    """The path of the answers to a comment of the first article."""
    made = bo.post(COMMENTS, json={"text": "asked"}).json()
    return f"{COMMENTS}/{made['id']}/answers"


def _texts(client: httpx.Client, path: str) -> list[str]:
    return [row["text"] for row in client.get(f"{path}?limit=20").json()["items"]]


def test_rows_are_made_below_the_row_that_the_path_names(bo: httpx.Client) -> None:
    before = _texts(bo, "/v1/articles/two%2F2%20%C3%A9/comments")
    made = bo.post(f"{COMMENTS}:bulk", json=[{"text": f"many {place}"} for place in range(3)])
    assert (made.status_code, made.json()) == (200, {"count": 3}), made.text
    assert {"many 0", "many 1", "many 2"} <= set(_texts(bo, COMMENTS))
    assert _texts(bo, "/v1/articles/two%2F2%20%C3%A9/comments") == before
    other = bo.post(f"{COMMENTS}:bulk", json=[{"text": "x", "article_id": 2}])
    assert (other.status_code, other.json()["errors"][0]["path"]) == (422, "/0/article_id")


@pytest.mark.parametrize("path", ["nope", "draft"])
@pytest.mark.parametrize("rows", [[], [{"text": "x"}]])
def test_below_a_row_that_its_caller_may_not_read_nothing_is_written(
    bo: httpx.Client, path: str, rows: list[dict[str, Any]]
) -> None:
    where = f"/v1/articles/{path}/comments"
    for headers in ({}, LENIENT):
        assert bo.post(f"{where}:bulk", json=rows, headers=headers).status_code == 404
    changed = [{"id": 1, **row} for row in rows]
    assert bo.patch(f"{where}:bulk", json=changed).status_code == 404
    assert bo.post(f"{where}:bulk-delete", json=[row["id"] for row in changed]).status_code == 404


def test_rows_below_another_row_are_not_found(bo: httpx.Client, ed: httpx.Client) -> None:
    theirs = bo.get("/v1/articles/two%2F2%20%C3%A9/comments").json()["items"][0]["id"]
    (own,) = [bo.post(COMMENTS, json={"text": "own"}).json()["id"]]
    both = [{"id": own, "text": "changed"}, {"id": theirs, "text": "changed"}]
    refused = bo.patch(f"{COMMENTS}:bulk", json=both)
    assert (refused.status_code, refused.json()["row"]) == (404, 1)
    told = bo.patch(f"{COMMENTS}:bulk", json=both, headers=LENIENT).json()
    assert (told["count"], told["errors"][0]["row"]) == (1, 1)
    assert "changed" in _texts(bo, COMMENTS)
    assert bo.post(f"{COMMENTS}:bulk-delete", json=[own, theirs]).status_code == 404
    assert ed.post(f"{COMMENTS}:bulk-delete", json=[own]).status_code == 403  # the writer of it alone
    assert bo.post(f"{COMMENTS}:bulk-delete", json=[own]).json() == {"count": 1}


def test_rows_are_put_two_levels_down(bo: httpx.Client, answers: str) -> None:
    keys = [str(uuid4()) for _ in range(3)]
    first = [{"id": key, "text": "first"} for key in keys[:2]]
    assert bo.post(f"{answers}:bulk", json=first).json() == {"count": 2}
    put = bo.put(f"{answers}:bulk", json=[{"id": key, "text": "second"} for key in keys[1:]])
    assert put.json() == {"count": 2}, put.text
    assert sorted(_texts(bo, answers)) == ["first", "second", "second"]
    elsewhere = bo.post(COMMENTS, json={"text": "elsewhere"}).json()["id"]
    taken = bo.put(f"{COMMENTS}/{elsewhere}/answers:bulk", json=[{"id": keys[0], "text": "mine"}])
    assert taken.status_code == 409  # it stands under another comment
    wrong = bo.post(f"/v1/articles/draft/{answers.split('/', 4)[4]}:bulk", json=[{"text": "x"}])
    assert wrong.status_code == 404  # the comment is of another article
    assert bo.post(f"{answers}:bulk-delete", json=keys).json() == {"count": 3}


def test_rows_are_written_over_graphql(bo: httpx.Client, answers: str) -> None:
    def asked(document: str, **variables: Any) -> dict[str, Any]:
        found: dict[str, Any] = bo.post("/graphql", json={"query": document, "variables": variables}).json()
        return found

    comment, key = int(answers.split("/")[5]), str(uuid4())
    variables = "$c: BigInt!, $rows: [CreateAnswerInput!]!"
    put = f'mutation({variables}) {{ putAnswers(slug: "one", commentId: $c, input: $rows) {{ count }} }}'
    rows = [{"id": key, "text": "told"}, {"text": "twice", "id": str(uuid4())}]
    assert asked(put, c=comment, rows=rows) == {"data": {"putAnswers": {"count": 2}}}
    assert sorted(_texts(bo, answers)) == ["told", "twice"]
    hidden = asked(put.replace('"one"', '"draft"'), c=comment, rows=rows)
    assert hidden["errors"][0]["extensions"]["code"] == "not-found"
    gone = 'mutation($c: BigInt!, $keys: [ID!]!) { deleteAnswers(slug: "one", commentId: $c, keys: $keys) { count } }'
    assert asked(gone, c=comment, keys=[row["id"] for row in rows])["data"] == {"deleteAnswers": {"count": 2}}
