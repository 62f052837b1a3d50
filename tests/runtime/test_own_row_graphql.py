"""The row of the caller over GraphQL: on statements, and by resolvers (`__schema` in a query makes them answer)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
QUERY = "{ ownUser { username secret } ownSettings { theme } %s }"
RESOLVED = "__schema { queryType { name } }"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("desk", tmp_path_factory.mktemp("desk")) as found:
        yield found


def _asked(client: httpx.Client, document: str, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/graphql", json={"query": document, "variables": variables}).json()
    return found


@pytest.mark.parametrize("more", ["", RESOLVED], ids=["statement", "resolvers"])
def test_each_caller_reads_its_own_row(up: Running, more: str) -> None:
    shown = {}
    for actor in ("demo.ann", "demo.bob"):
        with client_of(up, actor, "member") as client:
            data = _asked(client, QUERY % more)["data"]
            shown[actor] = (data["ownUser"]["username"], data["ownSettings"] is None)
    assert shown == {"demo.ann": ("ann", False), "demo.bob": ("bob", True)}
    with httpx.Client(base_url=up.backend.url) as stranger:
        refused = _asked(stranger, QUERY % more)
    assert refused["data"] is None
    assert refused["errors"][0]["extensions"]["code"] == "unauthenticated"
    assert refused["errors"][0]["path"] == ["ownUser"]


def test_a_caller_changes_its_own_row(up: Running) -> None:
    change = (
        "mutation($user: UpdateUserInput!) { updateOwnUser(input: $user) { username email secret version }"
        ' updateOwnSettings(input: {theme: "dark"}) { theme } }'
    )
    with client_of(up, "demo.ann", "member") as ann:
        data = _asked(ann, change, user={"email": "new@x.test", "secret": "mine"})["data"]
        assert (data["updateOwnUser"]["email"], data["updateOwnUser"]["secret"]) == ("new@x.test", "mine")
        assert data["updateOwnSettings"] == {"theme": "dark"}
        assert ann.get("/v1/settings").json()["theme"] == "dark"
        stale = 'mutation { updateOwnUser(input: {email: "x@x.test"}, ifMatch: 1) { email } }'
        assert _asked(ann, stale)["errors"][0]["extensions"]["code"] == "precondition-failed"
    with client_of(up, "demo.bob", "member") as bob:
        found = _asked(bob, change, user={"email": "bob2@x.test"})
        assert found["data"]["updateOwnUser"]["email"] == "bob2@x.test"
        assert found["data"]["updateOwnSettings"] is None
        assert found["errors"][0]["extensions"]["code"] == "not-found"
    with httpx.Client(base_url=up.backend.url) as stranger:
        refused = _asked(stranger, change, user={"email": "x@x.test"})
    assert {each["extensions"]["code"] for each in refused["errors"]} == {"unauthenticated"}
