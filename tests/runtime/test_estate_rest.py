"""Two versions of one api: each shows its own members, in related rows and inputs too, over the same rows."""

import json
from collections.abc import Iterator

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("estate", tmp_path_factory.mktemp("estate")) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running) -> Iterator[httpx.Client]:
    with client_of(up, "development.ann", "agent") as client:
        yield client


def test_each_version_shows_its_members(ann: httpx.Client) -> None:
    old, new = ann.get("/v1/rooms").json()["items"][0], ann.get("/v2/rooms").json()["items"][0]
    assert set(old) == {"id", "house_id", "label", "wing"}
    assert set(new) == {"id", "house_id", "label", "floor"}
    assert old["id"] == new["id"]


def test_related_rows_are_those_of_the_version(ann: httpx.Client) -> None:
    old = ann.get("/v1/houses?expand=owner,rooms").json()["items"][0]
    new = ann.get("/v2/houses?expand=owner,rooms").json()["items"][0]
    assert set(old["owner"]) == {"id", "name"}
    assert set(new["owner"]) == {"id", "given", "family"}
    assert ("wing" in old["rooms"][0], "floor" in old["rooms"][0]) == (True, False)
    assert ("wing" in new["rooms"][0], "floor" in new["rooms"][0]) == (False, True)


def test_a_version_takes_its_members_alone(ann: httpx.Client) -> None:
    house = ann.get("/v1/houses").json()["items"][0]["id"]
    given = {"house_id": house, "label": "Cellar"}
    assert ann.post("/v1/rooms", json={**given, "floor": 3}).status_code == 422
    made = ann.post("/v1/rooms", json={**given, "wing": "west"}).json()["id"]
    assert ann.get(f"/v2/rooms/{made}").json()["floor"] == 0
    assert ann.patch(f"/v2/rooms/{made}", json={"floor": -1}).status_code == 200
    assert ann.patch(f"/v1/rooms/{made}", json={"label": "Vault"}).json()["wing"] == "west"
    assert ann.get(f"/v2/rooms/{made}").json()["floor"] == -1
    assert ann.patch(f"/v2/rooms/{made}", json={"wing": "east"}).status_code == 422
    assert ann.get("/v1/rooms?floor=0").status_code == 400


def test_the_older_version_says_when_it_goes_away(up: Running, ann: httpx.Client) -> None:
    assert ann.get("/v1/rooms").headers["sunset"] == "Wed, 31 Dec 2031 00:00:00 GMT"
    assert ann.get("/v1/rooms?x=1").headers["sunset"] == "Wed, 31 Dec 2031 00:00:00 GMT"
    assert "sunset" not in ann.get("/v2/rooms").headers
    document = json.loads((up.out / "api/documentation/openapi-estate-v1.json").read_text())
    assert document["paths"]["/v1/rooms"]["get"]["deprecated"] is True


def test_each_version_is_described(up: Running) -> None:
    folder = up.out / "api/documentation"
    names = ("openapi-estate-v1.json", "openapi-estate-v2.json")
    old, new = (json.loads((folder / name).read_text())["components"]["schemas"] for name in names)
    assert "wing" in old["Room"]["properties"] and "wing" not in new["Room"]["properties"]
    assert "floor" in new["RoomCreate"]["properties"] and "floor" not in old["RoomCreate"]["properties"]
