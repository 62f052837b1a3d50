"""Rows that come in the input of another row: named, made, replaced, in one call of a running service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
BRANCH = "demo.main"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("library", tmp_path_factory.mktemp("library")) as found:
        yield found


@pytest.fixture(scope="module")
def clerk(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "clerk") as client:
        yield client


@pytest.fixture(scope="module")
def keeper(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.kim", "keeper") as client:
        yield client


def _authors(client: httpx.Client) -> dict[str, str]:
    return {row["name"]: row["id"] for row in client.get("/v1/authors").json()["items"]}


def _made(client: httpx.Client, isbn: str, **more: Any) -> dict[str, Any]:
    answer = client.post(
        "/v1/books?expand=keywords,authors,genres,copies", json={"isbn": isbn, "title": "A", **more}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _changed(client: httpx.Client, book: dict[str, Any], **patch: Any) -> dict[str, Any]:
    answer = client.patch(f"/v1/books/{book['id']}?expand=keywords,authors,genres,copies", json=patch)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _words(book: dict[str, Any]) -> list[str]:
    return sorted(row["word"] for row in book["keywords"])


def test_rows_are_named_and_made(clerk: httpx.Client) -> None:
    first = _made(clerk, "111", keyword_list=["sea", "war", "sea"], genres=["poetry"])
    assert (first["keyword_list"], _words(first)) == (["sea", "war"], ["sea", "war"])
    assert [row["name"] for row in first["genres"]] == ["poetry"]
    second = _made(clerk, "112", keyword_list=["war", "wine"], authors=[_authors(clerk)["Emily"]])
    assert second["keyword_list"] == ["war", "wine"] and [row["name"] for row in second["authors"]] == [
        "Emily"
    ]
    assert [row["word"] for row in clerk.get("/v1/keywords?sort=word").json()["items"]] == [
        "sea",
        "war",
        "wine",
    ]
    found = clerk.get("/v1/books?keyword=war").json()["items"]
    assert {row["isbn"] for row in found} == {"111", "112"}


def test_an_update_replaces_what_is_sent_and_keeps_the_rest(clerk: httpx.Client) -> None:
    book = _made(clerk, "120", keyword_list=["a", "b"], authors=list(_authors(clerk).values())[:1])
    changed = _changed(clerk, book, keyword_list=["b", "c"])
    assert changed["keyword_list"] == ["b", "c"] and changed["authors"] == book["authors"]
    assert changed["version"] == book["version"] + 1
    assert _changed(clerk, book, keyword_list=[], authors=[])["keyword_list"] == []
    assert _changed(clerk, book, title="B")["title"] == "B"


def test_refusals_name_the_value(clerk: httpx.Client, keeper: httpx.Client) -> None:
    known = _authors(clerk)["Emily"]
    unknown = "0190f3c2-0000-7000-8000-000000000000"
    answer = clerk.post("/v1/books", json={"isbn": "130", "title": "A", "authors": [known, unknown]})
    assert answer.status_code == 422
    assert [(each["path"], each["code"]) for each in answer.json()["errors"]] == [("/authors/1", "not-found")]
    long = clerk.post("/v1/books", json={"isbn": "130", "title": "A", "keyword_list": ["ok", "x" * 31]})
    assert (long.status_code, long.json()["errors"][0]["path"]) == (422, "/keyword_list/1")
    # a clerk makes no genres: nothing of the book is left
    assert clerk.post("/v1/books", json={"isbn": "130", "title": "A", "genres": ["new"]}).status_code == 403
    assert keeper.post("/v1/books", json={"isbn": "130", "title": "A", "genres": ["new"]}).status_code == 201
    # nor does it take one away
    book = next(row for row in clerk.get("/v1/books").json()["items"] if row["isbn"] == "130")
    assert clerk.patch(f"/v1/books/{book['id']}", json={"genres": []}).status_code == 403
    assert keeper.patch(f"/v1/books/{book['id']}", json={"genres": []}).status_code == 200


def test_owned_rows_are_replaced_under_their_own_policy(clerk: httpx.Client, keeper: httpx.Client) -> None:
    copies = [
        {"number": 1, "wear": "worn", "marks": [{"page": 3, "note": "torn"}]},
        {"number": 2, "wear": "worn"},
    ]
    book = _made(clerk, "140", copies=copies)
    assert book["copies"][0]["marks"][0]["note"] == "torn"
    fresh = [{"number": 2, "wear": "fresh", "marks": [{"page": 9, "note": "ink"}]}]
    changed = _changed(clerk, book, copies=fresh, keyword_list=["ink"])
    assert [(row["number"], [m["note"] for m in row["marks"]]) for row in changed["copies"]] == [(2, ["ink"])]
    assert changed["copy_count"] == 1
    refused = clerk.patch(f"/v1/books/{book['id']}", json={"title": "no", "copies": []})
    assert refused.status_code == 403
    assert clerk.get(f"/v1/books/{book['id']}").json()["title"] == "A"
    stale = keeper.patch(f"/v1/books/{book['id']}", json={"copies": []}, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    twice = keeper.patch(f"/v1/books/{book['id']}", json={"copies": [{"number": 5}, {"number": 5}]})
    assert twice.status_code == 409
    assert _changed(keeper, book, copies=[])["copies"] == []


def test_another_tenant_is_never_named(up: Running, clerk: httpx.Client) -> None:
    with client_of(up, "demo.rob", "clerk") as rob:
        theirs = _authors(rob)["Rival"]
        book = _made(rob, "150", keyword_list=["sea"], authors=[theirs])
        assert book["keyword_list"] == ["sea"]
    answer = clerk.post("/v1/books", json={"isbn": "151", "title": "A", "authors": [theirs]})
    assert answer.status_code == 422


def test_graphql_and_many_rows(clerk: httpx.Client) -> None:
    made = """mutation($input: CreateBookInput!) { createBook(input: $input)
      { id keywordList keywords { word } } }"""
    given = {
        "isbn": "160",
        "title": "A",
        "keywordList": ["q", "p"],
        "copies": [{"number": 1, "wear": "worn"}],
    }
    answer = clerk.post("/graphql", json={"query": made, "variables": {"input": given}}).json()
    assert "data" in answer, answer
    assert answer["data"]["createBook"]["keywordList"] == ["p", "q"], answer
    change = (
        "mutation($id: ID!, $input: UpdateBookInput!) { updateBook(id: $id, input: $input) { keywordList } }"
    )
    values = {"id": answer["data"]["createBook"]["id"], "input": {"keywordList": ["r"], "copies": []}}
    changed = clerk.post("/graphql", json={"query": change, "variables": values}).json()
    assert changed["data"]["updateBook"]["keywordList"] == ["r"], changed
    rows = [{"isbn": f"17{place}", "title": "A", "keyword_list": ["bulk", f"k{place}"]} for place in range(3)]
    assert clerk.post("/v1/books:bulk", json=rows).json() == {"count": 3}
    assert len(clerk.get("/v1/books?keyword=bulk").json()["items"]) == 3
