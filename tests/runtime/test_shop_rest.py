"""The shop over REST: what its specification promises, asked of the running service."""

import httpx
import pytest

from tests.runtime.conftest import Shop
from tests.runtime.story import created, customer, order, problem, product, unique

Client = httpx.Client
NOBODY = "8b5e4970-2666-488b-9604-031ac0a55dfa"


def test_an_order_takes_its_prices_from_its_products_and_adds_up(manager: Client, member: Client) -> None:
    lamp, chair = product(manager, price="12.50"), product(manager, price=99.99)
    made = order(member, {lamp["id"]: 2, chair["id"]: 1}, note="ring twice")
    assert (made["total"], made["line_count"], made["status"], made["version"]) == ("124.99", 2, "draft", 1)
    answer = member.get(f"/v1/orders/{made['id']}", params={"expand": "customer,items"})
    found = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert found["customer"]["id"] == made["customer_id"]
    assert {line["product"]["sku"]: line["unit_price"] for line in found["items"]} == {
        lamp["sku"]: "12.50",
        chair["sku"]: "99.99",
    }
    assert "customer" not in made
    assert "items" not in made


def test_a_created_row_says_where_it_is(manager: Client) -> None:
    answer = manager.post("/v1/products", json={"sku": f"P-{unique()}", "title": "Lamp", "price": "1"})
    place = answer.headers["location"]
    assert manager.get(place).json() == answer.json()


def test_nested_rows_are_written_with_their_parent_or_not_at_all(manager: Client) -> None:
    lamp, buyer = product(manager), customer(manager)
    number = f"N-{unique()}"
    body = {
        "number": number,
        "customer_id": buyer["id"],
        "items": [{"product_id": lamp["id"], "quantity": 1}, {"product_id": NOBODY, "quantity": 1}],
    }
    refused = problem(manager.post("/v1/orders", json=body), 422, "validation-failed")
    assert [error["path"] for error in refused["errors"]] == ["/items/1/product_id"]
    body["items"] = body["items"][:1]  # type: ignore[index]
    assert created(manager.post("/v1/orders", json=body))["number"] == number


def test_lists_filter_sort_and_page_without_losing_or_repeating_rows(manager: Client) -> None:
    buyer = customer(manager)
    lamp = product(manager, stock=1000)
    made = [order(manager, {lamp["id"]: 1}, customer_id=buyer["id"])["number"] for _ in range(7)]
    query = {"customer_id": buyer["id"], "sort": "-created_at", "limit": "3"}
    seen: list[str] = []
    pages = 0
    while True:
        page = manager.get("/v1/orders", params=query).json()
        seen += [row["number"] for row in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert (seen, pages) == (made[::-1], 3)
    problem(manager.get("/v1/orders", params={**query, "sort": "number"}), 400, "invalid-cursor")
    problem(
        manager.get("/v1/orders", params={**query, "cursor": "AAAA" + query["cursor"]}), 400, "invalid-cursor"
    )
    none = manager.get("/v1/orders", params={"customer_id": buyer["id"], "status[in]": "paid,shipped"})
    assert none.json() == {"items": [], "next_cursor": None}


def test_products_are_found_by_words_and_by_price(manager: Client, member: Client) -> None:
    word = f"zanzibar{unique()}"
    cheap, dear = (
        product(manager, title=f"A {word} lamp", price="5"),
        product(manager, title=word, price="50"),
    )
    found = member.get("/v1/products", params={"q": word, "sort": "price"}).json()["items"]
    assert [row["id"] for row in found] == [cheap["id"], dear["id"]]
    found = member.get("/v1/products", params={"q": word, "price[gte]": "5.01"}).json()["items"]
    assert [row["id"] for row in found] == [dear["id"]]


def test_an_update_changes_what_was_given_and_respects_the_version(member: Client, manager: Client) -> None:
    made = order(manager, note="first")
    path = f"/v1/orders/{made['id']}"
    changed = member.patch(path, json={"ship_to": {"line1": "1 Way", "city": "Rome", "country": "IT"}})
    assert changed.json()["note"] == "first"
    assert changed.headers["etag"] == '"2"'
    problem(member.patch(path, json={"note": "x"}, headers={"if-match": '"1"'}), 412, "precondition-failed")
    cleared = member.patch(path, json={"note": None}, headers={"if-match": '"2"'}).json()
    assert (cleared["note"], cleared["version"]) == (None, 3)
    problem(member.patch(path, json={"note": "x"}, headers={"if-match": "3"}), 400, "malformed-request")


def test_what_the_caller_may_not_set_is_not_a_member(member: Client, manager: Client) -> None:
    made = order(manager)
    for name, value in (
        ("status", "paid"),
        ("org_id", NOBODY),
        ("total", "1"),
        ("version", 9),
        ("id", NOBODY),
    ):
        refused = problem(
            member.patch(f"/v1/orders/{made['id']}", json={name: value}), 422, "validation-failed"
        )
        assert refused["errors"] == [
            {"path": f"/{name}", "code": "unknown", "message": "there is no such member"}
        ]


def test_the_life_of_an_order(member: Client, manager: Client) -> None:
    lamp = product(manager, stock=5)
    made = order(member, {lamp["id"]: 2})
    path = f"/v1/orders/{made['id']}"
    refused = problem(manager.post(f"{path}/pay"), 409, "illegal-transition")
    assert (refused["current"], refused["operation"]) == ("draft", "pay")
    placed = member.post(f"{path}/place").json()
    assert placed["status"] == "placed"
    assert placed["placed_at"] is not None
    assert manager.get(f"/v1/products/{lamp['id']}").json()["stock"] == 3
    refused = problem(member.post(f"{path}/pay"), 403, "forbidden")
    assert refused["rule"].startswith("Order.allow")
    assert "manager" in refused["because"]
    assert manager.post(f"{path}/pay").json()["status"] == "paid"
    problem(manager.post(f"{path}/ship", json={}), 422, "validation-failed")
    shipped = manager.post(f"{path}/ship", json={"tracking": "T-1"}).json()
    assert (shipped["status"], shipped["tracking"], shipped["version"]) == ("shipped", "T-1", 4)
    refused = problem(member.post(f"{path}/cancel", json={"reason": "late"}), 409, "order-not-cancellable")
    assert refused["members"] == {"status": "shipped"}
    problem(member.patch(path, json={"note": "x"}), 403, "forbidden")


def test_placing_takes_stock_or_says_what_is_missing_and_takes_nothing(
    member: Client, manager: Client
) -> None:
    plenty, rare = product(manager, stock=10), product(manager, stock=1)
    made = order(member, {plenty["id"]: 3, rare["id"]: 2})
    refused = problem(member.post(f"/v1/orders/{made['id']}/place"), 409, "out-of-stock")
    assert (refused["sku"], refused["available"]) == (rare["sku"], 1)
    assert manager.get(f"/v1/products/{plenty['id']}").json()["stock"] == 10
    assert member.get(f"/v1/orders/{made['id']}").json()["status"] == "draft"


@pytest.mark.parametrize("operation", ["place", "cancel"])
def test_a_repeated_request_is_answered_alike_and_done_once(
    operation: str, member: Client, manager: Client
) -> None:
    lamp = product(manager, stock=5)
    path = f"/v1/orders/{order(member, {lamp['id']: 2})['id']}/{operation}"
    body = {"json": {"reason": "twice"}} if operation == "cancel" else {}
    key = {"idempotency-key": f"key-{unique()}"}
    first, second = (member.post(path, headers=key, **body) for _ in range(2))  # type: ignore[arg-type]
    assert first.status_code == second.status_code == 200
    assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])
    assert manager.get(f"/v1/products/{lamp['id']}").json()["stock"] == (3 if operation == "place" else 5)
    if operation == "cancel":
        other = member.post(path, headers=key, json={"reason": "another"})
        problem(other, 422, "idempotency-key-reused")


def test_revenue_by_day_is_for_managers_and_of_their_org(
    member: Client, manager: Client, stranger: Client
) -> None:
    made = order(manager)
    assert manager.post(f"/v1/orders/{made['id']}/place").status_code == 200
    path = "/v1/reports/daily-revenue?since=2000-01-01&until=2100-01-01"
    (day,) = manager.get(path).json()
    assert day["orders"] >= 1
    assert isinstance(day["revenue"], str)
    assert stranger.get(path).json() == []
    problem(member.get(path), 403, "forbidden")
    refused = problem(manager.get("/v1/reports/daily-revenue?since=2000-13-01"), 422, "validation-failed")
    assert [error["path"] for error in refused["errors"]] == ["?since", "?until"]


def test_another_tenant_sees_nothing_and_changes_nothing(stranger: Client, manager: Client) -> None:
    made = order(manager)
    path = f"/v1/orders/{made['id']}"
    problem(stranger.get(path), 404, "not-found")
    problem(stranger.patch(path, json={"note": "x"}), 404, "not-found")
    problem(stranger.post(f"{path}/cancel", json={"reason": "x"}), 404, "not-found")
    assert all(row["id"] != made["id"] for row in stranger.get("/v1/orders?limit=100").json()["items"])
    body = {"number": "X", "customer_id": made["customer_id"], "items": []}
    problem(stranger.post("/v1/orders", json=body), 422, "validation-failed")


def test_an_encrypted_member_is_sealed_in_the_table_and_masked_for_those_without_the_right(
    running: Shop, member: Client, manager: Client
) -> None:
    import asyncio

    import asyncpg

    made = customer(manager, tax_number="DE 123")
    assert made["tax_number"] == "DE 123"
    path = f"/v1/customers/{made['id']}"
    assert member.get(path).json()["tax_number"] == "***"
    assert manager.patch(path, json={"tax_number": 'new "one"'}).json()["tax_number"] == 'new "one"'
    assert manager.get(path).json()["tax_number"] == 'new "one"'
    found = order(manager, customer_id=made["id"])
    expanded = manager.get(f"/v1/orders/{found['id']}?expand=customer").json()
    assert expanded["customer"]["tax_number"] == 'new "one"'

    async def stored() -> str:
        connection = await asyncpg.connect(running.settings.admin_url)
        try:
            text: str = await connection.fetchval("select tax_number from customer where id = $1", made["id"])
            return text
        finally:
            await connection.close()

    assert asyncio.run(stored()).startswith("development-1.")
    problem(member.patch(path, json={"tax_number": "x"}), 403, "forbidden")


def test_a_deleted_customer_is_gone_and_his_address_is_free_again(manager: Client, member: Client) -> None:
    made = customer(manager)
    path = f"/v1/customers/{made['id']}"
    problem(member.delete(path), 403, "forbidden")
    answer = manager.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    problem(manager.get(path), 404, "not-found")
    problem(manager.delete(path), 404, "not-found")
    assert customer(manager, email=made["email"])["id"] != made["id"]
    twice = manager.post("/v1/customers", json={"email": made["email"], "name": "x"})
    refused = problem(twice, 409, "conflict")
    assert [error["path"] for error in refused["errors"]] == ["/email"]


def test_writes_are_in_the_audit_log_with_who_and_why(running: Shop, manager: Client) -> None:
    import asyncio

    import asyncpg

    made = order(manager)
    answer = manager.post(f"/v1/orders/{made['id']}/place", headers={"x-request-id": "audit-test-1"})
    assert answer.headers["x-request-id"] == "audit-test-1"

    async def entries() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(running.settings.admin_url)
        try:
            sql = "select * from app.audit_log where request_id = 'audit-test-1'"
            return list(await connection.fetch(sql))
        finally:
            await connection.close()

    (entry,) = asyncio.run(entries())
    assert (entry["operation"], entry["table_name"], entry["roles"]) == ("Order.place", "order", "manager")
    assert '"placed"' in entry["new"]


def test_keys_that_are_no_keys_are_nobody_s_rows(member: Client) -> None:
    for key in ("1", "x" * 300, "%00", "{id}", NOBODY, NOBODY.upper()):
        problem(member.get(f"/v1/orders/{key}"), 404, "not-found")
