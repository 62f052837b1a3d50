"""API keys that callers make for gates: who makes them, what they are good for, and what ends them at once."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("turnstile", tmp_path_factory.mktemp("issued")) as found:
        yield found


@pytest.fixture(scope="module")
def head(up: Running) -> Iterator[httpx.Client]:
    """The head of the hall, with a token of its development key."""
    hall = up.state.others["Gate"]["actors"]["demo.east"]["hall"]
    claims = {**up.state.actors["demo.ann"], "hall": hall, "roles": ["head"]}
    token = up.keys.mint(claims, issuer=up.state.issuer, audience=up.state.audience, lifetime=600)
    with httpx.Client(base_url=f"{up.backend.url}/v1", headers={"authorization": f"Bearer {token}"}) as found:
        yield found


def made(head: httpx.Client, path: str, **body: Any) -> str:
    answer = head.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["key"])


def of(up: Running, key: str) -> httpx.Client:
    return httpx.Client(base_url=f"{up.backend.url}/v1", headers={"x-api-key": key})


def rows(up: Running, statement: str) -> list[Any]:
    async def run() -> list[Any]:
        connection = await asyncpg.connect(up.settings.admin_url)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(run())


def test_a_key_is_of_its_gate_in_the_tenant_of_the_gate(up: Running, head: httpx.Client) -> None:
    gate = of(up, made(head, "/gates/E1/make_key", name="east"))
    assert gate.get("/gate").json()["code"] == "E1"
    assert gate.post("/entries", json={"badge": "B1"}).json()["gate_id"] == "E1"
    assert gate.get("/exporter").status_code in (403, 404)
    assert gate.post("/gates/E1/make_key", json={"name": "own"}).status_code == 403
    listed = head.get("/gates/E1/keys").json()
    (one,) = [each for each in listed if each["name"] == "east"]
    assert one["roles"] == ["gate"] and one["used_at"] is not None and "key" not in one
    assert head.get("/gates/W1/keys").json() == []


def test_a_gate_renews_its_own_key(up: Running, head: httpx.Client) -> None:
    gate = of(up, made(head, "/gates/E1/make_key", name="first"))
    answer = gate.post("/gates/E1/renew").json()
    assert answer["roles"] == ["gate", "fast_gate"] and of(up, answer["key"]).get("/gate").status_code == 200
    assert gate.post("/gates/W1/renew").status_code in (403, 404)


def test_a_key_that_is_revoked_ends_at_once(up: Running, head: httpx.Client) -> None:
    key = made(head, "/gates/W1/make_key", name="west", days=1)
    gate = of(up, key)
    prefix = next(
        each["prefix"] for each in head.get("/gates/W1/keys").json() if key.startswith(each["prefix"])
    )
    assert gate.get("/gate").status_code == 200
    assert head.delete(f"/gates/E1/keys/{prefix}").status_code == 404
    assert gate.get("/gate").status_code == 200
    assert head.delete(f"/gates/W1/keys/{prefix}").status_code == 200
    assert gate.get("/gate").status_code == 401
    assert head.delete(f"/gates/W1/keys/{prefix}").status_code == 404
    assert [
        row[0] for row in rows(up, "select action from app.audit_log where table_name = 'issued_key'")
    ].count("key_ended")


def test_a_key_ends_while_its_gate_is_blocked(up: Running, head: httpx.Client) -> None:
    gate = of(up, made(head, "/gates/W1/make_key", name="west"))
    rows(up, "update gate set blocked = true where code = 'W1'")
    assert gate.get("/gate").status_code == 401
    rows(up, "update gate set blocked = false where code = 'W1'")
    assert gate.get("/gate").status_code == 200


def test_another_row_of_the_same_key_has_none_of_its_keys(up: Running, head: httpx.Client) -> None:
    new = head.post("/exporters", json={"name": "spare"}).json()["id"]
    spare = of(up, made(head, f"/exporters/{new}/make_key"))
    assert spare.get("/exporter").status_code == 200
    rows(up, f"delete from exporter where id = {new}")
    rows(
        up,
        f"insert into exporter (hall_id, id, name) overriding system value select id, {new}, 'other' from hall",
    )
    assert spare.get("/exporter").status_code == 401


def test_a_row_has_a_hundred_keys_at_most(up: Running, head: httpx.Client) -> None:
    new = head.post("/exporters", json={"name": "many"}).json()["id"]
    statuses = [head.post(f"/exporters/{new}/make_key", json={}).status_code for _ in range(101)]
    assert statuses == [*[200] * 100, 409]
    prefix = rows(up, f"select prefix from app.api_key where identity_key = 'Exporter {new}' limit 1")[0][0]
    assert head.post(f"/exporters/{new}/end_key", json={"prefix": prefix}).status_code == 204
    assert head.post(f"/exporters/{new}/make_key", json={}).status_code == 200
