"""Several apis with GraphQL: each answers what it offers, to its own callers, on statements and by resolvers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
RESOLVED = "__schema { queryType { name } }"
BOTH_WAYS = pytest.mark.parametrize("more", ["", RESOLVED], ids=["statement", "resolvers"])


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("stacks", tmp_path_factory.mktemp("stacks")) as found:
        yield found


def _asked(client: httpx.Client, api: str, document: str, **variables: Any) -> dict[str, Any]:
    body = {"query": document, "variables": variables}
    found: dict[str, Any] = client.post(f"/{api}/graphql", json=body).json()
    return found


@BOTH_WAYS
def test_one_has_global_ids_and_another_one_keys(up: Running, more: str) -> None:
    with client_of(up, "demo.ann", "reader") as ann, httpx.Client(base_url=up.backend.url) as stranger:
        hall = "{ books { nodes { id rowId title size { width height } } } racks { nodes { id books { rowId } } } %s }"
        rows = _asked(ann, "hall", hall % more)["data"]["books"]["nodes"]
        window = "{ books { nodes { id title } } %s }"
        shown = _asked(stranger, "window", window % more)["data"]["books"]["nodes"]
        node = '{ node(id: "%s") { __typename ... on Book { title } } %s }'
        found = _asked(ann, "hall", node % (rows[0]["id"], more))["data"]["node"]
    assert {row["title"] for row in rows} == {"Emma", "Away"}
    assert found == {"__typename": "Book", "title": rows[0]["title"]}
    (emma,) = (row for row in rows if row["title"] == "Emma")
    assert emma["size"] == {"width": 3, "height": 1}
    assert shown == [{"id": emma["rowId"], "title": "Emma"}]


@BOTH_WAYS
def test_each_takes_its_own_fields_credentials_and_depth(up: Running, more: str) -> None:
    refused = []
    with client_of(up, "demo.ann", "reader") as ann, httpx.Client(base_url=up.backend.url) as stranger:
        for client, api, document in (
            (ann, "depot", "{ booksAtBooks { nodes { title } } %s }"),  # a token where keys are taken
            (ann, "hall", "{ booksAtBooks { nodes { title } } %s }"),  # a field of another schema
            (stranger, "window", "{ books { nodes { rack { label } } } %s }"),  # deeper than this one allows
            (stranger, "window", "{ node(id: 1) { id } %s }"),
        ):
            found = _asked(client, api, document % more)
            refused.append(found.get("code") or found["errors"][0]["extensions"]["code"])
    assert refused == ["unauthenticated", "graphql-validation", "graphql-limit", "graphql-validation"]


def test_each_has_its_text(up: Running) -> None:
    with httpx.Client(base_url=up.backend.url) as client:
        texts = [
            client.get(f"/{name}.graphql").text for name in ("schema", "schema-depot-v2", "schema-window-v1")
        ]
    assert ["interface Node" in text for text in texts] == [True, False, False]
    assert ["type Mutation" in text for text in texts] == [True, True, False]
