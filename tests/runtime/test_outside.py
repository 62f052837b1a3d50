"""An api with a profile, as its callers see it: names, envelopes, errors, statuses, sign-in, and what rows show."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.served import served

pytestmark = pytest.mark.postgres

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("kiosk", tmp_path_factory.mktemp("kiosk")) as found:
        yield found.backend.url


@pytest.fixture(scope="module")
def cy(kiosk: str) -> Iterator[httpx.Client]:
    """A caller that has signed up."""
    with httpx.Client(base_url=kiosk, timeout=30) as client:
        given = {"emailAddress": "cy@example.com", "userName": "cy", "password": PASSWORD}
        made = client.post("/api/accounts", json={"account": given})
        assert made.status_code == 201, made.text
        account = made.json()["account"]
        assert account.keys() == {"id", "emailAddress", "userName", "phoneNumber", "accessToken"}
        client.headers["authorization"] = f"Token {account['accessToken']}"
        yield client


def test_signing_in(kiosk: str, cy: httpx.Client) -> None:
    credentials = {"emailAddress": "cy@example.com", "password": PASSWORD}
    found = httpx.post(f"{kiosk}/api/accounts/login", json={"account": credentials})
    assert found.status_code == 200
    assert found.json()["account"]["userName"] == "cy"
    wrong = httpx.post(f"{kiosk}/api/accounts/login", json={"account": {**credentials, "password": "no"}})
    assert (wrong.status_code, wrong.json()) == (401, {"errors": {"credentials": ["invalid"]}})
    again = {"emailAddress": "cy@example.com", "userName": "dy", "password": PASSWORD}
    taken = httpx.post(f"{kiosk}/api/accounts", json={"account": again})
    assert (taken.status_code, taken.json()) == (
        409,
        {"errors": {"emailAddress": ["has already been taken"]}},
    )


def test_the_row_of_the_caller(kiosk: str, cy: httpx.Client) -> None:
    read = cy.get("/api/account")
    assert read.json()["account"]["accessToken"] == cy.headers["authorization"].split()[1]
    changed = cy.put(
        "/api/account",
        json={"account": {"phoneNumber": "007"}},
        headers={"If-Match": read.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["account"]["phoneNumber"] == "007"
    late = cy.put(
        "/api/account", json={"account": {"phoneNumber": "1234"}}, headers={"If-Match": read.headers["etag"]}
    )
    assert late.status_code == 412
    assert late.json().keys() == {"errors"}
    nobody = httpx.get(f"{kiosk}/api/account")
    assert (nobody.status_code, nobody.json()) == (401, {"errors": {"token": ["is missing"]}})
    assert cy.get("/api/profiles/cy").json() == {"profile": {"userName": "cy", "phoneNumber": "007"}}
    assert httpx.get(f"{kiosk}/api/profiles/cy").json()["profile"]["phoneNumber"] == "***"


def test_rows_and_lists(cy: httpx.Client) -> None:
    free: Any = {"inner_name": 1.10, "big": 12345678901234567890123}
    assert cy.put("/api/account", json={"account": {"phoneNumber": "007"}}).status_code == 200
    text = '{"orderForm": {"orderNumber": "B-1", "shipTo": {"streetName": "High"}, "tagList": ["red"], "bigNumber": 9007199254740993, "freeForm": {"inner_name": 1.10, "big": 12345678901234567890123}, "orderLines": [{"itemCode": "x"}]}}'
    made = cy.post(
        "/api/order-forms?expand=orderLines", content=text, headers={"content-type": "application/json"}
    )
    assert made.status_code == 200, made.text
    assert made.headers["location"] == "/api/order-forms/B-1"
    row = made.json()["orderForm"]
    assert row["shipTo"]["streetName"] == "High"
    assert row["orderLines"][0]["itemCode"] == "x"
    assert row["placedBy"] == {"userName": "cy", "phoneNumber": "007"}
    assert row["freeForm"].keys() == free.keys()
    assert '"bigNumber":9007199254740993' in made.text and "12345678901234567890123" in made.text
    page = cy.get("/api/order-forms?placedBy=cy&sort=-placedAt").json()
    assert page["orderFormsCount"] == 1
    assert cy.get("/api/order-forms?tag=blue").json()["orderFormsCount"] == 1
    assert page["orderForms"] == [{"orderNumber": "B-1", "unitPrice": "0.00", "placedBy": {"userName": "cy"}}]
    told = cy.get("/api/order-forms/B-1?_can=true").json()["orderForm"]["_can"]
    assert told == {"update": True, "delete": True, "sendOut": True}
    sent = cy.post("/api/order-forms/B-1/send_out", json={"reasonText": "soon"})
    assert (sent.status_code, sent.json()["orderForm"]["state"]) == (200, "sent_out")


def test_pages_members_and_values(cy: httpx.Client) -> None:
    first = cy.get("/api/profiles?total=true&limit=1&fields=userName&sort=userName").json()
    assert first["profiles"] == [{"userName": "ann"}]
    assert first["profilesCount"] == 3
    after = cy.get(f"/api/profiles?limit=1&fields=userName&sort=userName&cursor={first['nextCursor']}")
    assert after.json()["profiles"] == [{"userName": "bob"}]
    totals = cy.get("/api/day-totals?leastPrice=1").json()
    assert totals == {"dayTotals": [{"orderCount": 1, "wholePrice": "12.50"}]}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "errors"),
    [
        ("POST", "/api/order-forms", {"orderForm": {}}, 422, {"orderNumber": ["can't be blank"]}),
        ("POST", "/api/order-forms", {"orderForm": {"orderNumber": ""}}, 422, {"orderNumber": ["can't be blank"]}),
        ("POST", "/api/order-forms", {"orderNumber": "C"}, 422, None),
        ("POST", "/api/order-forms", {"orderForm": {"order_number": "C"}}, 422, None),
        ("POST", "/api/order-forms", {"orderForm": {"orderNumber": "C", "shipTo": {"street_name": "x"}}}, 422, None),
        ("GET", "/api/order-forms?placed_by=ann", None, 422, None),
        ("GET", "/api/order-forms?sort=placed_at", None, 422, None),
        ("GET", "/api/order-forms?expand=placedBy", None, 422, None),
        ("GET", "/api/order-forms/none", None, 404, {"orderForm": ["not found"]}),
        ("PUT", "/api/order-forms/A-1", {"orderForm": {"unitPrice": "1.00"}}, 403, {"orderForm": ["forbidden"]}),
        ("DELETE", "/api/order-forms/A-1", None, 403, {"orderForm": ["forbidden"]}),
        ("GET", "/api/nothing", None, 404, None),
        ("TRACE", "/api/account", None, 405, None),
    ],
)  # fmt: skip
def test_refusals(cy: httpx.Client, method: str, path: str, body: Any, status: int, errors: Any) -> None:
    answer = cy.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.json().keys() == {"errors"}
    assert all(isinstance(each, list) for each in answer.json()["errors"].values())
    assert answer.headers["x-error"]
    if errors is not None:
        assert answer.json()["errors"] == errors


def test_another_password(kiosk: str) -> None:
    given = {"emailAddress": "di@example.com", "userName": "di", "password": PASSWORD}
    token = httpx.post(f"{kiosk}/api/accounts", json={"account": given}).json()["account"]["accessToken"]
    headers = {"authorization": f"Token {token}"}
    short = httpx.put(f"{kiosk}/api/account", json={"account": {"newPassword": "x"}}, headers=headers)
    assert (short.status_code, short.json()["errors"].keys()) == (422, {"newPassword"})
    body = {"account": {"newPassword": "another horse battery", "userName": "dina"}}
    changed = httpx.put(f"{kiosk}/api/account", json=body, headers=headers)
    assert (changed.status_code, changed.json()["account"]["userName"]) == (200, "dina")
    for password, status in ((PASSWORD, 401), ("another horse battery", 200)):
        credentials = {"emailAddress": "di@example.com", "password": password}
        answer = httpx.post(f"{kiosk}/api/accounts/login", json={"account": credentials})
        assert answer.status_code == status, password


def test_rows_under_rows(kiosk: str, cy: httpx.Client) -> None:
    notes = httpx.get(f"{kiosk}/api/order-forms/A-1/short-notes")
    assert notes.status_code in (401, 404), "callers without an account see no orders"
    made = cy.post("/api/order-forms/A-1/short-notes", json={"shortNote": {"noteText": "Mine"}})
    assert made.status_code == 200, made.text
    note = made.json()["shortNote"]
    assert note["writtenBy"] == {"userName": "cy"}
    listed = cy.get("/api/order-forms/A-1/short-notes").json()["shortNotes"]
    assert {each["noteText"] for each in listed} == {"First", "Mine"}
    gone = cy.delete(f"/api/order-forms/A-1/short-notes/{note['id']}")
    assert (gone.status_code, gone.json()) == (200, {})


def test_graphql_keeps_its_names(kiosk: str, cy: httpx.Client) -> None:
    found = cy.post(
        "/graphql", json={"query": '{ orderForm(orderNumber: "A-1") { orderNumber placedBy { userName } } }'}
    )
    assert found.json() == {"data": {"orderForm": {"orderNumber": "A-1", "placedBy": {"userName": "ann"}}}}
