"""Gates and exporters that show API keys of their own, beside staff that signs in: what each may do, and that none passes for another."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.api_keys import make_key
from bdc.stack.up import Running
from tests.support.served import served

Client = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("turnstile", tmp_path_factory.mktemp("turnstile")) as found:
        yield found


@pytest.fixture(scope="module")
def client(up: Running) -> Iterator[Client]:
    """Clients with a key for the claims of a seed row, some of them changed."""
    opened: list[httpx.Client] = []

    def of(entity: str, row: str, *roles: str, **changes: Any) -> httpx.Client:
        claims = {**up.state.others[entity]["actors"][row], "roles": list(roles), **changes}
        key = make_key(up.settings.admin_url, "turnstile", row, claims, 600)
        opened.append(httpx.Client(base_url=f"{up.backend.url}/v1", headers={"x-api-key": key}, timeout=20))
        return opened[-1]

    yield of
    for each in opened:
        each.close()


def rows(up: Running, statement: str) -> list[Any]:
    async def run() -> list[Any]:
        connection = await asyncpg.connect(up.settings.admin_url)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(run())


def items(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


def test_a_gate_is_the_caller_of_its_rules_and_defaults(up: Running, client: Client) -> None:
    east = client("Gate", "demo.east", "gate")
    assert [row["code"] for row in items(east.get("/gates"))] == ["E1"]
    made = east.post("/entries", json={"badge": "B7"}).json()
    assert (made["gate_id"], made["place"], made["checked_by_id"]) == ("E1", "east", None)
    assert made["id"] in [row["id"] for row in items(east.get("/entries"))]
    west = client("Gate", "demo.west", "gate")
    assert made["id"] not in [row["id"] for row in items(west.get("/entries"))]
    assert west.get("/mine").status_code == 200
    assert ("E1",) in rows(up, "select actor from app.audit_log where operation = 'Entry.create'")


def test_what_is_taken_from_another_kind_of_caller_is_null(client: Client) -> None:
    by_gate = client("Gate", "demo.east", "gate").post("/remarks", json={"text": "stuck"}).json()
    assert (by_gate["by_person_id"], by_gate["by_gate_id"], by_gate["by_exporter_id"]) == (None, "E1", None)
    assert by_gate["own"] is True
    tape = client("Exporter", "demo.tape", "exporter")
    by_tape = tape.post("/remarks", json={"text": "full"}).json()
    assert by_tape["by_gate_id"] is None and by_tape["by_exporter_id"] is not None
    assert by_tape["own"] is not True


def test_an_operation_writes_its_caller(up: Running, client: Client) -> None:
    entry = client("Gate", "demo.west", "gate").post("/entries", json={"badge": "B8"}).json()
    tape = client("Exporter", "demo.tape", "exporter")
    place = f"/entries/{entry['id']}"
    assert (tape.post(f"{place}/fetch").status_code, tape.post(f"{place}/fetch").status_code) == (204, 403)
    own = up.state.others["Exporter"]["actors"]["demo.tape"]["exporter"]
    assert str(tape.get(place).json()["fetched_by_id"]) == str(own)


def test_roles_of_another_identity_count_for_nothing(up: Running, client: Client) -> None:
    assert client("Gate", "demo.east", "desk", "head", "exporter").get("/shifts").status_code == 403
    claims = {**up.state.actors["demo.ann"], "hall": up.state.others["Gate"]["actors"]["demo.east"]["hall"]}
    token = up.keys.mint(
        {**claims, "roles": ["gate"]}, issuer=up.state.issuer, audience=up.state.audience, lifetime=600
    )
    answer = httpx.get(f"{up.backend.url}/v1/mine", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code in (401, 403), answer.text


def test_a_token_is_no_key_and_a_key_is_of_no_user(up: Running, client: Client) -> None:
    """A member that names a gate counts in a key alone; and staff, whose identity has no `api_key`, has no keys."""
    claims = up.state.others["Gate"]["actors"]["demo.east"]
    token = up.keys.mint(
        {**claims, "roles": ["gate"]}, issuer=up.state.issuer, audience=up.state.audience, lifetime=600
    )
    answer = httpx.get(f"{up.backend.url}/v1/gates", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    user = {**up.state.actors["demo.ann"], "hall": claims["hall"], "roles": ["head"]}
    key = make_key(up.settings.admin_url, "turnstile", "ann", user, 600)
    assert httpx.get(f"{up.backend.url}/v1/gates", headers={"x-api-key": key}).status_code == 401


def test_a_key_ends_with_its_row(up: Running, client: Client) -> None:
    assert client("Gate", "demo.west", "gate", gate="W9").get("/gates").status_code == 401
    rows(up, "update gate set blocked = true where code = 'W1'")
    assert client("Gate", "demo.west", "gate").get("/gates").status_code == 401
    rows(up, "update gate set blocked = false, deleted_at = now() where code = 'W1'")
    assert client("Gate", "demo.west", "gate").get("/gates").status_code == 401
    rows(up, "update gate set deleted_at = null where code = 'W1'")
    assert client("Gate", "demo.west", "gate").get("/gates").status_code == 200


def test_the_row_of_a_user_is_not_that_of_a_gate(client: Client) -> None:
    assert client("Gate", "demo.east", "gate").get("/me").status_code in (403, 404)


def test_idempotency_keys_belong_to_one_caller(client: Client) -> None:
    headers = {"idempotency-key": "same"}
    east, west = (client("Gate", row, "gate") for row in ("demo.east", "demo.west"))
    before = {row["code"]: row["passed"] for each in (east, west) for row in items(each.get("/gates"))}
    first = east.post("/gates/E1/count", json={"more": 5}, headers=headers)
    again = east.post("/gates/E1/count", json={"more": 5}, headers=headers)
    other = west.post("/gates/W1/count", json={"more": 5}, headers=headers)
    assert [each.status_code for each in (first, again, other)] == [204, 204, 204]
    assert [row["passed"] for row in items(west.get("/gates"))] == [before["W1"] + 5]
    assert [row["passed"] for row in items(east.get("/gates"))] == [before["E1"] + 5]
