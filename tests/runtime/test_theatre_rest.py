"""The theatre as it runs: rows that go through keys of several columns, join tables nobody wrote, embedded values and views."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bdc.stack import start
from bdc.stack.backend import free_port, migrate, serve
from bdc.stack.keys import development_keys
from bdc.stack.up import ISSUER, UpOptions, service_settings, up_state
from tests.support.emitted import build, compiled

SPEC = Path(__file__).parents[1] / "systems" / "theatre"
CONTACT = {"phone": "123", "fee": "12.50", "since": None, "tags": ["a", "b"], "hidden": None}


@pytest.fixture(scope="module")
def usher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Ann, who shows people in."""
    with _running(tmp_path_factory.mktemp("theatre")) as client:
        yield client


@contextmanager
def _running(folder: Path) -> Iterator[httpx.Client]:
    system = compiled(SPEC)[1]
    out = build(SPEC, folder / "out")
    keys = development_keys(folder / "keys")
    with ExitStack() as stack:
        server = stack.enter_context(start())
        settings = service_settings(system, server.superuser_url, keys, UpOptions(port=free_port()))
        migrate(out, settings, seed=True)
        backend = stack.enter_context(serve(out, settings, folder / "service.log"))
        state = up_state(system, backend.url, keys)
        claims = {**state.actors["first.ann"], "roles": ["usher"]}
        token = keys.mint(claims, issuer=ISSUER, audience=state.audience, lifetime=600)
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=backend.url, headers=headers, timeout=20) as client:
            yield client


def made(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_reference_to_a_key_of_three_columns_is_written_read_and_followed(usher: httpx.Client) -> None:
    made(usher, "halls", id=7, name="Grand")
    made(usher, "seats", hall_id=7, row=3, number=4)
    person = made(usher, "people", name="Cleo")
    place = {"seat_hall_id": 7, "seat_row": 3, "seat_number": 4}
    booking = made(usher, "bookings", **place, evening="2026-05-01", person_id=person["id"])
    assert booking.items() >= {**place, "hall_name": "Grand", "near_number": None}.items() - {
        ("near_number", None)
    }
    found = usher.get(f"/v1/bookings/{booking['id']}", params={"expand": "seat,beside"}).json()
    assert (found["seat"]["number"], found["seat"]["hall"]["name"], found["beside"]) == (4, "Grand", None)
    lost = usher.post(
        "/v1/bookings", json={**place, "seat_row": 9, "evening": "2026-05-01", "person_id": person["id"]}
    )
    assert (lost.status_code, lost.json()["errors"][0]["path"]) == (422, "/seat_hall_id")
    moved = usher.patch(f"/v1/bookings/{booking['id']}", json={"seat_number": 5})
    assert moved.status_code == 422
    listed = usher.get("/v1/takens", params={"hall": "Grand", "expand": "person"})
    assert listed.status_code == 200, listed.text
    shown = listed.json()["items"]
    assert [(row["who"], row["same_seat"], row["person"]["name"]) for row in shown] == [("CLEO", 1, "Cleo")]
    assert usher.post("/v1/takens", json={}).status_code == 405


def test_many_to_many_is_joined_listed_and_taken_apart(usher: httpx.Client) -> None:
    made(usher, "halls", id=8, name="Small")
    style = made(usher, "styles", name="Rococo")
    made(usher, "hall-styles", hall_id=8, style_id=style["id"])
    listed = usher.get("/v1/halls", params={"styles": style["id"], "expand": "styles"}).json()["items"]
    assert [(hall["name"], [each["name"] for each in hall["styles"]]) for hall in listed] == [
        ("Small", ["Rococo"])
    ]
    assert usher.delete(f"/v1/hall-styles/8/{style['id']}").status_code == 204
    assert usher.get("/v1/halls", params={"styles": style["id"]}).json()["items"] == []


def test_people_are_joined_with_people_in_either_direction(usher: httpx.Client) -> None:
    eve, fay, gus = (made(usher, "people", name=name)["id"] for name in ("Eve", "Fay", "Gus"))
    made(usher, "person-friends", person_id=eve, other_person_id=fay)
    made(usher, "rivalries", one_id=fay, other_id=gus, since="2020-01-01")
    wanted = "friends,friend_of,rivals,rival_of"
    found = {
        person["name"]: tuple(sorted(each["name"] for each in person[field]) for field in wanted.split(","))
        for person in usher.get("/v1/people", params={"expand": wanted}).json()["items"]
        if person["name"] in ("Eve", "Fay", "Gus")
    }
    assert found == {
        "Eve": (["Fay"], [], [], []),
        "Fay": ([], ["Eve"], ["Gus"], []),
        "Gus": ([], [], [], ["Fay"]),
    }
    for field, name, other in (("friends", "Eve", fay), ("rivals", "Fay", gus)):
        listed = usher.get("/v1/people", params={field: other}).json()["items"]
        assert [person["name"] for person in listed] == [name]
    query = "query ($id: ID!) { person(id: $id) { friends { name rivals { name } friendOf { name } } } }"
    answer = usher.post("/graphql", json={"query": query, "variables": {"id": eve}}).json()
    assert answer["data"]["person"]["friends"] == [
        {"name": "Fay", "rivals": [{"name": "Gus"}], "friendOf": [{"name": "Eve"}]}
    ]
    assert usher.delete(f"/v1/person-friends/{eve}/{fay}").status_code == 204
    assert usher.get("/v1/people", params={"friends": fay}).json()["items"] == []


def test_two_relations_between_the_same_entities_are_two(usher: httpx.Client) -> None:
    made(usher, "halls", id=21, name="Old")
    made(usher, "halls", id=22, name="New")
    person = made(usher, "people", name="Hal")["id"]
    made(usher, "person-knows", person_id=person, hall_id=21)
    made(usher, "person-avoids", person_id=person, hall_id=22)
    listed = usher.get("/v1/people", params={"avoids": 22, "expand": "knows,avoids"}).json()["items"]
    assert [[each["name"] for each in found["knows"] + found["avoids"]] for found in listed] == [
        ["Old", "New"]
    ]
    assert usher.get("/v1/people", params={"avoids": 21}).json()["items"] == []
    halls = usher.get("/v1/halls", params={"expand": "known_to"}).json()["items"]
    assert {hall["id"]: len(hall["known_to"]) for hall in halls if hall["id"] > 20} == {21: 1, 22: 0}
    taken = usher.delete(f"/v1/person-avoids/{person}/22")
    assert taken.status_code == 204, taken.text


def test_an_embedded_value_is_one_value_to_callers(usher: httpx.Client) -> None:
    agency = made(usher, "agencies", contact=CONTACT)
    place = f"/v1/agencies/{agency['id']}"
    assert (agency["contact"], agency["other"], agency["cheap"]) == (CONTACT, None, True)
    changed = usher.patch(place, json={"contact": {**CONTACT, "fee": "200.00"}, "other": CONTACT}).json()
    assert (changed["contact"]["fee"], changed["other"], changed["cheap"]) == ("200.00", CONTACT, False)
    assert usher.patch(place, json={"other": None}).json()["other"] is None
    assert usher.get(place).json()["contact"]["fee"] == "200.00"
    query = "query ($id: ID!) { agency(id: $id) { contact { phone fee tags } other { phone } } }"
    answer = usher.post("/graphql", json={"query": query, "variables": {"id": agency["id"]}}).json()
    assert answer["data"]["agency"] == {
        "contact": {"phone": "123", "fee": "200.00", "tags": ["a", "b"]},
        "other": None,
    }


def test_a_choice_leads_to_exactly_one_row(usher: httpx.Client) -> None:
    made(usher, "halls", id=9, name="Dim")
    praise = made(usher, "praises", text="Dark", about_hall_id=9)
    found = usher.get(f"/v1/praises/{praise['id']}", params={"expand": "about_hall"}).json()
    assert (found["about_hall"]["name"], found["about_person_id"]) == ("Dim", None)
    assert usher.post("/v1/praises", json={"text": "Nothing"}).status_code in (409, 422)


def test_what_leads_to_a_unique_and_what_shares_its_key(usher: httpx.Client) -> None:
    made(usher, "countries", code="dk", name="Denmark")
    person = made(usher, "people", name="Dan", home_code="dk")
    assert usher.get("/v1/people", params={"home_code": "dk", "expand": "home"}).json()["items"][0]["home"][
        "name"
    ] == ("Denmark")
    held = made(usher, "subscriptions", id=person["id"], since="2026-01-01")
    assert (
        usher.get(f"/v1/subscriptions/{held['id']}", params={"expand": "person"}).json()["person"]["name"]
        == "Dan"
    )
