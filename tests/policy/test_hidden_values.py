"""A value that a caller may not read leaves by no way, and a row that a caller may not read can be referred to where a rule says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bdc.stack import Server
from tests.policy.served import Served, served

pytestmark = pytest.mark.postgres
SPEC = Path(__file__).parent / "office"
SECRETS = ("777001", "777002", "777003", "777004", "1554002", "1554006", "BADGE-", "fixed")
WORKER = "{ id name salary bonus badge stage rich twice boss { id } staff { name } }"


@pytest.fixture(scope="module")
def office(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(SPEC, tmp_path_factory.mktemp("office"), postgres_server, "office") as running:
        yield running


@pytest.fixture(scope="module")
def member(office: Served) -> Iterator[httpx.Client]:
    with office.client("north.ann", "member") as client:
        yield client


@pytest.fixture(scope="module")
def payer(office: Served) -> Iterator[httpx.Client]:
    with office.client("north.ann", "payer") as client:
        yield client


def key(office: Served, table: str, name: str) -> str:
    return str(office.rows(f"select id from {table} where name = '{name}'")[0]["id"])


def graphql(client: httpx.Client, query: str) -> httpx.Response:
    return client.post("/graphql", json={"query": query})


def test_no_answer_holds_a_hidden_value(office: Served, member: httpx.Client, payer: httpx.Client) -> None:
    clerk, chief = key(office, "worker", "Clerk"), key(office, "worker", "Chief")
    answers = {
        "get": member.get(f"/v1/workers/{clerk}"),
        "list": member.get("/v1/workers?sort=name&limit=1"),
        "search": member.get("/v1/workers?q=Clerk"),
        "expand": member.get(f"/v1/workers/{chief}?expand=boss,staff"),
        "view": member.get("/v1/payroll?sort=name"),
        "graphql": graphql(member, f"{{ workers(first: 5) {{ edges {{ node {WORKER} }} }} }}"),
        "update": member.patch(f"/v1/workers/{clerk}", json={"name": "Clerk"}),
        "operation": member.post(f"/v1/workers/{clerk}/keep", json={}),
        "wrong state": member.post(f"/v1/workers/{clerk}/keep", json={}),
        "error member": member.post(f"/v1/workers/{chief}/leave", json={}),
        "delete": member.delete(f"/v1/workers/{chief}"),
    }
    for way, answer in answers.items():
        assert answer.status_code < 500, (way, answer.text)
        told = [secret for secret in SECRETS if secret in answer.text + str(answer.headers)]
        assert not told, (way, told, answer.text)
    assert answers["operation"].status_code == 200, answers["operation"].text
    assert "errors" not in answers["graphql"].json(), answers["graphql"].text
    assert answers["wrong state"].status_code == answers["error member"].status_code == 409
    seen = payer.get(f"/v1/workers/{clerk}").json()
    assert (seen["salary"], seen["bonus"], seen["badge"]) == (777003, 777004, "BADGE-CLERK")


def test_masks_stand_in_the_place_of_hidden_values(office: Served, member: httpx.Client) -> None:
    body = member.get(f"/v1/workers/{key(office, 'worker', 'Clerk')}").json()
    assert (body["salary"], body["bonus"], body["badge"], body["boss_id"]) == (0, 0, None, None)


def test_a_conflict_does_not_say_which_hidden_field_it_is_about(office: Served, member: httpx.Client) -> None:
    answer = member.post("/v1/workers", json=worker(office, badge="BADGE-CHIEF"))
    assert answer.status_code == 409, answer.text
    assert "badge" not in answer.text.lower(), answer.text
    kept = member.delete(f"/v1/workers/{key(office, 'worker', 'Chief')}")
    assert kept.status_code == 409 and "boss" not in kept.text, kept.text


def test_events_and_audit_keep_hidden_values_from_their_readers(office: Served, payer: httpx.Client) -> None:
    answer = payer.post("/v1/workers", json=worker(office, badge="BADGE-NEW", salary=777005))
    assert answer.status_code == 201, answer.text
    done = payer.post(f"/v1/workers/{answer.json()['id']}/keep", json={})
    assert done.status_code == 200 and done.json()["salary"] == 777005, done.text
    payloads = [str(row["payload"]) for row in office.rows("select payload from app.outbox")]
    assert payloads and not [text for text in payloads if "777005" in text or "BADGE-NEW" in text], payloads


def test_sorting_and_filtering_by_hidden_values_is_refused(member: httpx.Client) -> None:
    for query in ("sort=salary", "sort=-bonus", "salary=777003", "badge=BADGE-CLERK", "stage=fixed"):
        assert member.get(f"/v1/workers?{query}").status_code in (400, 422), query


def test_a_row_that_may_be_referred_to_need_not_be_readable(office: Served, member: httpx.Client) -> None:
    hall, safe = key(office, "room", "Hall"), key(office, "room", "Safe")
    assert member.get(f"/v1/rooms/{hall}").status_code == 403
    made = member.post("/v1/workers", json=worker(office, name="New", badge="B-1"))
    assert made.status_code == 201 and made.json()["room_id"] == hall, made.text
    place = f"/v1/workers/{made.json()['id']}"
    assert member.get(f"{place}?expand=room").json()["room"] is None
    for wrong in (safe, made.json()["id"]):
        refused = member.post("/v1/workers", json=worker(office, room_id=wrong, badge="B-2"))
        assert refused.status_code == 422 and refused.json()["errors"][0]["path"] == "/room_id", refused.text
        assert member.patch(place, json={"spare_id": wrong}).status_code == 422
    assert member.patch(place, json={"spare_id": hall}).json()["spare_id"] == hall


def worker(office: Served, **values: Any) -> dict[str, Any]:
    return {"name": "W", "room_id": key(office, "room", "Hall"), "salary": 1, "badge": "B", **values}
