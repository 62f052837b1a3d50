"""The shapes of the RealWorld contract, said without user code: a running service answers them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("journal", tmp_path_factory.mktemp("journal")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ann", "writer") as client:
        yield client


@pytest.fixture(scope="module")
def ben(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "demo.ben", "writer") as client:
        yield client


def _written(client: httpx.Client, title: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/articles", json={"title": title, "body": "…", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _slugs(client: httpx.Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [row["slug"] for row in answer.json()["items"]]


def test_following_answers_with_the_profile_as_its_caller_sees_it(
    ann: httpx.Client, ben: httpx.Client
) -> None:
    assert ann.get("/api/profiles/ben").json()["following"] is False
    for _ in range(2):
        answer = ann.post("/api/profiles/ben/follow")
        assert (answer.status_code, answer.json()["following"]) == (200, True)
    assert ben.get("/api/profiles/ben").json()["following"] is False
    assert ann.get("/api/profiles/ben").json()["following"] is True
    assert ann.post("/api/profiles/ann/follow").status_code == 403
    assert ann.delete("/api/profiles/ben/follow").json()["following"] is False
    assert ann.delete("/api/profiles/ben/follow").status_code == 200
    assert ann.post("/api/profiles/nobody/follow").status_code == 404


def test_lists_by_author_tag_and_favourite(ann: httpx.Client, ben: httpx.Client) -> None:
    one = _written(ann, "One", tag_list=["bread", "salt"])
    two = _written(ben, "Two", tag_list=["salt"])
    assert (one["tag_list"], one["favorited"], one["favorites_count"]) == (["bread", "salt"], False, 0)
    assert one["first_link"] == "/articles/one"
    seeded = ann.get("/api/articles?author=cat").json()["items"][0]
    assert (seeded["slug"], seeded["first_link"]) == ("hello-world", "/articles/hello-world")
    favoured = ann.post(f"/api/articles/{two['slug']}/favorite").json()
    assert (favoured["favorited"], favoured["favorites_count"]) == (True, 1)
    assert _slugs(ben, "/api/articles?author=ann") == ["one"]
    assert _slugs(ben, "/api/articles?tag=salt") == ["two", "one"]
    assert _slugs(ben, "/api/articles?favorited=ann") == ["two"]
    away = ann.delete(f"/api/articles/{two['slug']}/favorite").json()
    assert (away["favorited"], away["favorites_count"]) == (False, 0)


def test_the_feed_is_a_list_of_its_own(up: Running, ann: httpx.Client, ben: httpx.Client) -> None:
    third = _written(ben, "Three")["slug"]
    assert _slugs(ann, "/api/articles/feed") == []
    ann.post("/api/profiles/ben/follow")
    page = ann.get("/api/articles/feed?limit=1&expand=author").json()
    assert page["items"][0]["slug"] == third and page["items"][0]["author"]["following"] is True
    assert page["total"] == 2
    assert ann.get("/api/articles/feed?followed=false").status_code == 400
    assert ann.get("/api/articles/feed?author=ann").json()["total"] == 0
    with httpx.Client(base_url=up.state.url) as stranger:
        assert stranger.get("/api/articles/feed").status_code == 401
        assert stranger.get("/api/articles").status_code == 200


def test_equal_titles_have_slugs_of_their_own(ann: httpx.Client, ben: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: _written((ann, ben)[number % 2], "Same title!"), range(24)))
    slugs = [row["slug"] for row in made]
    assert len(set(slugs)) == 24 and "same-title" in slugs
    assert all(slug.startswith("same-title") for slug in slugs)
    mine = next(row for number, row in enumerate(made) if number % 2 == 0)
    kept = ann.patch(f"/api/articles/{mine['slug']}", json={"title": "Same title"}).json()
    assert kept["slug"] == mine["slug"]
    moved = ann.patch(f"/api/articles/{mine['slug']}", json={"title": "Another one"}).json()
    assert moved["slug"] == "another-one"
    assert ann.get(f"/api/articles/{mine['slug']}").status_code == 404
    assert _written(ann, "…")["slug"]
    assert ann.patch("/api/articles/another-one", json={"body": "new"}).json()["slug"] == "another-one"
