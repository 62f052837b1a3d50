"""Callers in several tenants: which one a request is about, keys of their own, and invitations."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import served

pytestmark = [pytest.mark.postgres, pytest.mark.long]
PASSWORD = "correct horse battery"
BASE = "/v1/auth"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("crews", tmp_path_factory.mktemp("crews")) as found:
        yield found


@pytest.fixture(scope="module")
def http(up: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=up.backend.url, timeout=30) as found:
        yield found


@pytest.fixture(scope="module")
def ann(up: Running, http: httpx.Client) -> dict[str, str]:
    """An owner of one tenant, which is a member of another: by invitation, since seeds have no passwords."""
    import asyncio

    import asyncpg

    opened = http.post(f"{BASE}/sign-up", json={"email": "anna@example.com", "password": PASSWORD}).json()

    async def own() -> None:
        connection = await asyncpg.connect(up.settings.admin_url)
        await connection.execute(
            "insert into membership (org_id, user_id, standing) select o.id, $1,"
            " case o.name when 'Red' then 'owner' else 'member' end from org as o where o.name in ('Red', 'Blue')",
            opened["user"],
        )
        await connection.close()

    asyncio.run(own())
    return {"Authorization": f"Bearer {opened['access_token']}"}


def test_a_caller_makes_a_tenant_and_is_its_first_member(http: httpx.Client) -> None:
    kim = _signed_up(http, "kim@example.com")
    made = http.post(f"{BASE}/tenants", json={"name": "Green"}, headers=kim)
    assert made.status_code == 201, made.text
    told = http.get(f"{BASE}/session", headers=kim).json()
    assert (told["roles"], told["tenants"]) == (["owner"], [made.json()["tenant"]])
    assert http.post("/v1/projects", json={"name": "First"}, headers=kim).status_code == 201
    assert http.post(f"{BASE}/tenants", json={"name": ""}, headers=kim).status_code == 422


def _tenants(http: httpx.Client, caller: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for tenant in http.get(f"{BASE}/session", headers=caller).json()["tenants"]:
        org = http.get(f"/v1/orgs/{tenant}", headers={**caller, "x-tenant": tenant}).json()
        found[org["name"]] = tenant
    return found


def test_a_request_is_about_one_tenant(http: httpx.Client, ann: dict[str, str]) -> None:
    tenants = _tenants(http, ann)
    assert set(tenants) == {"Red", "Blue"}
    red, blue = ({**ann, "x-tenant": tenants[name]} for name in ("Red", "Blue"))
    made = http.post("/v1/projects", json={"name": "One"}, headers=red)
    assert made.status_code == 201, made.text
    seen = http.get("/v1/projects", headers=blue).json()["items"]
    assert made.json()["id"] not in [each["id"] for each in seen]
    assert http.delete(f"/v1/projects/{made.json()['id']}", headers=blue).status_code in (403, 404)
    assert http.get("/v1/projects", headers=ann).status_code == 403  # in several: none is chosen
    other = {**ann, "x-tenant": "0190f3c2-0000-7000-8000-000000000000"}
    assert http.get("/v1/projects", headers=other).status_code == 403


def test_an_invitation_makes_a_member_until_it_is_removed(http: httpx.Client, ann: dict[str, str]) -> None:
    red = {**ann, "x-tenant": _tenants(http, ann)["Red"]}
    body = {"email": "ben@example.com", "role": "member"}
    blue = {**ann, "x-tenant": _tenants(http, ann)["Blue"]}
    assert http.post(f"{BASE}/invitations", json=body, headers=blue).status_code == 403
    token = {"token": http.post(f"{BASE}/invitations", json=body, headers=red).json()["token"]}
    assert len(http.get(f"{BASE}/invitations", headers=red).json()["items"]) == 1
    strange = _signed_up(http, "eve@example.com")
    assert http.post(f"{BASE}/invitations/accept", json=token, headers=strange).status_code == 404
    ben = _signed_up(http, "ben@example.com")
    assert http.get("/v1/projects", headers=ben).status_code == 403
    assert http.post(f"{BASE}/invitations/accept", json=token, headers=ben).status_code == 200
    assert http.post(f"{BASE}/invitations/accept", json=token, headers=ben).status_code == 404
    assert http.get("/v1/projects", headers=ben).status_code == 200
    user = http.get(f"{BASE}/session", headers=ben).json()["user"]
    (row,) = (
        each for each in http.get("/v1/memberships", headers=red).json()["items"] if each["user_id"] == user
    )
    assert http.delete(f"/v1/memberships/{row['id']}", headers=red).status_code == 204
    assert http.get("/v1/projects", headers=ben).status_code == 403


def test_a_key_is_shown_once_and_does_no_more_than_it_may(http: httpx.Client, ann: dict[str, str]) -> None:
    red = {**ann, "x-tenant": _tenants(http, ann)["Red"]}
    made = http.post(f"{BASE}/keys", json={"name": "ci", "roles": ["member"], "days": 30}, headers=red)
    assert made.status_code == 201, made.text
    key = {"x-api-key": made.json()["key"]}
    listed = http.get(f"{BASE}/keys", headers=ann)
    assert [each["name"] for each in listed.json()["items"]] == ["ci"]
    assert made.json()["key"] not in listed.text
    project = http.post("/v1/projects", json={"name": "By key"}, headers=key).json()
    assert http.delete(f"/v1/projects/{project['id']}", headers=key).status_code == 403  # for owners
    assert http.post(f"{BASE}/keys", json={"name": "x"}, headers=key).status_code == 401
    wide = http.post(f"{BASE}/keys", json={"name": "x", "roles": ["owner"]}, headers=_blue(http, ann))
    assert wide.status_code == 422
    assert http.delete(f"{BASE}/keys/{made.json()['id']}", headers=ann).status_code == 204
    assert http.get("/v1/projects", headers=key).status_code == 401


def test_a_key_that_was_made_in_no_tenant_stays_in_none(http: httpx.Client) -> None:
    """Also where its caller is in one alone by then: a request with such a session is about that one."""
    lea = _signed_up(http, "lea@example.com")
    key = {"x-api-key": http.post(f"{BASE}/keys", json={"name": "early"}, headers=lea).json()["key"]}
    assert http.post(f"{BASE}/tenants", json={"name": "Grey"}, headers=lea).status_code == 201
    assert http.get("/v1/projects", headers=lea).status_code == 200
    assert http.get("/v1/projects", headers=key).status_code == 403


def _blue(http: httpx.Client, ann: dict[str, str]) -> dict[str, str]:
    return {**ann, "x-tenant": _tenants(http, ann)["Blue"]}


def _signed_up(http: httpx.Client, email: str) -> dict[str, Any]:
    opened = http.post(f"{BASE}/sign-up", json={"email": email, "password": PASSWORD}).json()
    return {"Authorization": f"Bearer {opened['access_token']}"}
