"""Creating rows: what is stored and answered, what is refused, and that each layer of policy refuses it alone."""

import asyncpg
import pytest
from tests.query.shop import (
    ACME,
    ANN,
    BOB,
    BOBS_ACCOUNT,
    BUYER,
    EVES_ACCOUNT,
    FOREIGN_PEN,
    FOREIGN_TAG,
    GLOBEX,
    GONE_ACCOUNT,
    INK,
    MANAGER,
    MEMBER,
    MODES,
    NOBODY,
    PEN,
    STRANGER,
    TEMPLATES,
    Refused,
    Shop,
    order,
)
from tests.support.postgres import Databases, run

pytestmark = pytest.mark.postgres


@pytest.fixture(params=MODES)
def shop(request: pytest.FixtureRequest, databases: Databases) -> Shop:
    return Shop(databases.fresh(TEMPLATES[request.param]), request.param)


def test_an_order_with_items_is_one_call(shop: Shop) -> None:
    items = [{"product_id": PEN, "quantity": 2}, {"product_id": INK, "quantity": 3}]
    given = {"number": "A-1", "customer_id": BOBS_ACCOUNT, "note": "it's", "items": items}
    answer = run(shop.call("order_create", MEMBER, input=given))
    assert (answer.status, answer.etag) == (201, '"1"')
    body = answer.body
    assert (body["number"], body["status"], body["note"], body["ship_to"]) == ("A-1", "draft", "it's", None)
    assert (body["total"], body["line_count"], body["version"]) == ("17.75", 2, 1)
    stored = run(
        shop.fetch("select quantity, unit_price::text, org_id::text from order_item order by quantity")
    )
    assert [tuple(row) for row in stored] == [(2, "2.50", ACME), (3, "4.25", ACME)]


def test_the_items_of_a_new_order_are_those_that_a_read_shows_however_they_are_put_together(
    shop: Shop,
) -> None:
    items = [{"product_id": PEN, "quantity": 2}, {"product_id": INK, "quantity": 3}]
    given = {"number": "A-1", "customer_id": BOBS_ACCOUNT, "items": items}
    alone = run(shop.call("order_create", MEMBER, input=given, expand=["items"])).body
    beside = run(
        shop.call("order_create", MEMBER, input=given | {"number": "A-2"}, expand=["customer", "items"])
    ).body

    def shown(body: dict[str, object]) -> list[dict[str, object]]:
        listed = body["items"]
        assert isinstance(listed, list)
        assert [item["id"] for item in listed] == sorted(item["id"] for item in listed)
        assert {item["order_id"] for item in listed} == {body["id"]}
        return [
            {name: value for name, value in item.items() if name not in ("id", "order_id")} for item in listed
        ]

    assert shown(alone) == shown(beside)
    assert [item["quantity"] for item in shown(alone)] == [2, 3]
    assert (alone["total"], alone["line_count"]) == (beside["total"], beside["line_count"]) == ("17.75", 2)
    without = {name: value for name, value in given.items() if name != "items"}
    for names in (["items"], ["customer", "items"]):
        body = run(
            shop.call("order_create", MEMBER, input=without | {"number": f"B-{len(names)}"}, expand=names)
        ).body
        assert (body["items"], body["total"], body["line_count"]) == ([], "0.00", 0)


def test_defaults_hold_where_a_member_is_absent_and_null_is_null(shop: Shop) -> None:
    body = run(shop.call("customer_create", MEMBER, input={"email": "a@b.test", "name": "A"})).body
    assert (body["tier"], body["user_id"], body["address"], body["open_orders"]) == (
        "standard",
        None,
        None,
        0,
    )
    given = {
        "email": "b@b.test",
        "name": "B",
        "tier": "gold",
        "user_id": None,
        "address": {"line1": "x", "city": "y"},
    }
    body = run(shop.call("customer_create", MEMBER, input=given)).body
    assert (body["tier"], body["user_id"], body["address"]["city"]) == ("gold", None, "y")
    stored = run(shop.fetch("select address is null as empty from customer where email = 'a@b.test'"))
    assert stored[0]["empty"]


def test_what_a_caller_may_not_set_is_not_taken_from_the_input(shop: Shop) -> None:
    """Mass assignment: the service refuses such members; the function would not read them anyway."""
    forged = {
        "org_id": GLOBEX,
        "status": "paid",
        "version": 7,
        "created_at": "2001-01-01",
        "id": PEN,
        "total": "0",
    }
    items = [{"product_id": PEN, "quantity": 1, "unit_price": "0.01", "org_id": GLOBEX}]
    body = run(order(shop, items=items, **forged))
    assert (body["status"], body["version"], body["total"]) == ("draft", 1, "2.50")
    assert body["id"] != PEN and not body["created_at"].startswith("2001")
    stored = run(shop.fetch('select org_id::text from "order" union select org_id::text from order_item'))
    assert [row[0] for row in stored] == [ACME]


@pytest.mark.parametrize("customer", [EVES_ACCOUNT, GONE_ACCOUNT, PEN])
def test_a_reference_leads_to_a_row_that_the_caller_may_read(shop: Shop, customer: str) -> None:
    """A foreign row, a deleted one and none at all look the same: nothing tells which of them exists."""
    with pytest.raises(Refused) as refusal:
        run(order(shop, customer_id=customer))
    assert (refusal.value.status, refusal.value.code, refusal.value.paths) == (
        422,
        "validation-failed",
        ["/customer_id"],
    )


def test_every_lost_reference_is_named_by_its_place(shop: Shop) -> None:
    items = [{"product_id": product, "quantity": 1} for product in (PEN, FOREIGN_PEN, INK, FOREIGN_TAG)]
    with pytest.raises(Refused) as refusal:
        run(order(shop, items=items))
    assert refusal.value.paths == ["/items/1/product_id", "/items/3/product_id"]
    assert {error["code"] for error in refusal.value.members["errors"]} == {"not-found"}
    assert run(shop.fetch('select * from "order"')) == []


def test_a_role_without_a_rule_is_refused(shop: Shop) -> None:
    for caller in (BUYER, NOBODY):
        with pytest.raises(Refused) as refusal:
            run(shop.call("product_create", caller, input={"sku": "NEW", "title": "New", "price": "1"}))
        assert refusal.value.status == 403
    if shop.mode != "row level security":
        assert refusal.value.members["rule"].startswith("Product.allow.create")
    assert (
        run(shop.call("product_create", MANAGER, input={"sku": "NEW", "title": "New", "price": 1})).status
        == 201
    )


def test_a_field_that_only_managers_write(shop: Shop) -> None:
    given = {"id": ANN, "email": "a@b.test", "name": "A", "tax_number": "k1.sealed"}
    with pytest.raises(Refused if shop.mode != "row level security" else Exception) as refusal:
        run(shop.call("customer_create", MEMBER, input=given))
    if shop.mode != "row level security":
        assert (refusal.value.status, refusal.value.members["rule"]) == (403, "Customer.tax_number.write")
    assert run(shop.fetch("select * from customer where tax_number is not null")) == []
    answer = run(shop.call("customer_create", MANAGER, input=given))
    assert answer.body["tax_number"] == f"\x03customer.tax_number|{ACME}|{ANN}|k1.sealed\x04"


def test_a_key_of_references_and_a_unique_row(shop: Shop) -> None:
    run(order(shop))
    with pytest.raises(asyncpg.UniqueViolationError):
        run(order(shop))
    assert (
        run(shop.call("product_create", STRANGER, input={"sku": "INK", "title": "Ink", "price": "1"})).status
        == 201
    )


def test_nothing_stays_of_an_order_whose_items_fail(shop: Shop) -> None:
    twice = [{"product_id": PEN, "quantity": 1}, {"product_id": PEN, "quantity": 2}]
    with pytest.raises(asyncpg.UniqueViolationError):
        run(order(shop, items=twice))
    assert run(shop.fetch('select 1 from "order" union all select 1 from order_item')) == []


def test_a_reference_to_a_user_of_another_tenant(shop: Shop) -> None:
    answer = run(
        shop.call("customer_create", MEMBER, input={"email": "a@b.test", "name": "A", "user_id": BOB})
    )
    assert answer.body["user_id"] == BOB
    with pytest.raises(Refused) as refusal:
        run(shop.call("customer_create", STRANGER, input={"email": "a@b.test", "name": "A", "user_id": BOB}))
    assert refusal.value.paths == ["/user_id"]
