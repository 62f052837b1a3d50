"""Versions of an api that leave members out: GraphQL and operations show what the version has, on statements and by resolvers."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
RESOLVED = "__schema { queryType { name } }"
ROOM_V1 = {"label", "beds", "wing"}
ROOM_V2 = {"label", "beds", "floor"}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("lodges", tmp_path_factory.mktemp("lodges")) as found:
        yield found


def _asked(client: httpx.Client, version: str, document: str, **variables: Any) -> dict[str, Any]:
    body = {"query": document, "variables": variables}
    found: dict[str, Any] = client.post(f"/{version}/graphql", json=body).json()
    return found


@pytest.mark.parametrize("more", ["", RESOLVED], ids=["statement", "resolvers"])
def test_each_version_shows_its_members(up: Running, more: str) -> None:
    older = "{ rooms { nodes { label beds wing lodge { street rooms { wing } } } } all { label wing } largest { wing } %s }"
    newer = "{ rooms(filter: {floor: {eq: 3}}) { nodes { floor size { depth } lodge { beds } near { floor } } } largest { floor } %s }"
    with client_of(up, "demo.ann", "agent") as ann:
        first, second = (
            _asked(ann, version, text % more)["data"] for version, text in (("v1", older), ("v2", newer))
        )
        refused = [
            _asked(ann, version, f"{{ rooms {{ nodes {{ {member} }} }} {more} }}")["errors"][0]["message"]
            for version, member in (("v1", "floor"), ("v2", "wing"))
        ]
    (room,) = first["rooms"]["nodes"]
    assert room["lodge"] == {"street": "North", "rooms": [{"wing": "west"}]}
    assert first["all"] == [{"label": "Two", "wing": "west"}]
    assert first["largest"] == {"wing": "west"}
    assert second["rooms"]["nodes"] == [
        {"floor": 3, "size": {"depth": 4}, "lodge": {"beds": 2}, "near": None}
    ]
    assert second["largest"] == {"floor": 3}
    assert refused == [f"Cannot query field '{name}' on type 'Room'." for name in ("floor", "wing")]


def test_operations_answer_with_the_members_of_their_version(up: Running) -> None:
    widened = "mutation($id: ID!) { widenRoom(id: $id, by: 1) { beds } }"
    with client_of(up, "demo.ann", "agent") as ann:
        lodge = ann.get("/v1/lodges").json()["items"][0]["id"]
        made = [
            ann.post(f"/{version}/rooms", json={"lodge_id": lodge, "label": version}).json()
            for version in ("v1", "v2")
        ]
        path = f"/rooms/{made[0]['id']}"
        answers = [ann.post(f"/{version}{path}/widen", json={"by": 1}).json() for version in ("v1", "v2")]
        lists = [ann.get("/v1/all").json(), ann.get(f"/v1{path}/twins").json()]
        largest = [ann.get(f"/{version}/largest").json() for version in ("v1", "v2")]
        beds = [
            _asked(ann, version, widened, id=made[0]["id"])["data"]["widenRoom"]["beds"]
            for version in ("v1", "v2")
        ]
        seen = ann.get(f"/v2{path}").json()
    assert [set(row) & (ROOM_V1 | ROOM_V2) for row in (*made, *answers, *largest)] == [ROOM_V1, ROOM_V2] * 3
    assert all(set(row) & (ROOM_V1 | ROOM_V2) == ROOM_V1 for rows in lists for row in rows)
    assert beds == [4, 5]
    assert seen["floor"] == 1  # the hook of v1 says it
