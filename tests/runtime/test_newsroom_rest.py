"""One entity in two apis: each has paths, pages, inputs and members of its own, and the policy is the same."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("newsroom", tmp_path_factory.mktemp("newsroom")) as found:
        yield found


@pytest.fixture(scope="module")
def feed(up: Running) -> Iterator[httpx.Client]:
    """A client with a key of Ann, for the second api."""
    claims = up.state.actors["development.ann"]
    program = [sys.executable, "-m", "services.security.api_keys"]
    given = [
        argument
        for name in ("id", "org")
        for argument in ("--claim", f"{name}={claims[{'id': 'sub'}.get(name, name)]}")
    ]
    done = subprocess.run(
        [*program, "create", *given, "--role", "writer"],
        cwd=up.out,
        env={**os.environ, "MIGRATION_DATABASE_URL": up.settings.admin_url},
        capture_output=True,
        text=True,
        check=True,
    )
    with httpx.Client(base_url=up.backend.url, headers={"x-key": done.stdout.strip()}) as client:
        yield client


def test_each_api_has_a_shape_of_its_own(up: Running, feed: httpx.Client) -> None:
    with client_of(up, "development.ann", "writer") as press:
        whole = press.get("/v1/stories").json()["items"]
        assert {row["title"] for row in whole} == {"Rain"}
        assert "stage" in whole[0]
        page = feed.get("/feed/items?title[contains]=ai&sort=words").json()
        assert (page["total"], set(page["items"][0])) == (1, {"id", "title", "words", "author"})
        assert press.get("/v1/stories?title[contains]=ai").status_code == 400
        assert feed.get("/feed/items?stage=live").status_code == 400


def test_a_row_that_one_api_makes_is_there_in_the_other(up: Running, feed: httpx.Client) -> None:
    author = up.state.actors["development.ann"]["sub"]
    made = feed.post(
        "/feed/items", json={"author_id": author, "title": "Wind", "parts": [{"text": "It blew."}]}
    )
    assert made.status_code == 201, made.text
    path = made.headers["location"].removeprefix("/feed/items/")
    assert len(feed.get(f"/feed/items/{path}/parts").json()["items"]) == 1
    with client_of(up, "development.ann", "editor") as press:
        assert press.get(f"/v1/stories/{path}").json()["stage"] == "draft"
        assert press.post(f"/v1/stories/{path}/publish").status_code == 204
        assert press.patch(f"/v1/stories/{path}", json={"words": 3}).status_code == 200
    assert feed.patch(f"/feed/items/{path}", json={"words": 4}).status_code == 422
    assert feed.patch(f"/feed/items/{path}", json={"title": "Gale"}).json()["words"] == 3


def test_the_policy_is_the_same(up: Running, feed: httpx.Client) -> None:
    with client_of(up, "development.ben", "writer") as ben:
        hidden = next(row["id"] for row in ben.get("/v1/stories").json()["items"] if row["title"] == "Snow")
    assert feed.get(f"/feed/items/{hidden}").status_code == 404
    assert feed.patch(f"/feed/items/{hidden}", json={"title": "Mine"}).status_code == 404


def test_each_api_has_a_document(up: Running) -> None:
    folder = up.out / "api/documentation"
    feed = json.loads((folder / "openapi-feed-v1.json").read_text())
    assert {path.split("/")[1] for path in feed["paths"]} == {"feed"}
    assert feed["paths"]["/feed/items"]["get"]["operationId"] == "list_stories"
    assert "Story" in feed["components"]["schemas"]
