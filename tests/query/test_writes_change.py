"""Changing and deleting rows: merge patches, versions, and the order of refusals, on each layer of policy alone."""

import asyncio

import asyncpg
import pytest
from tests.query.shop import (
    ACME,
    BOBS_ACCOUNT,
    BUYER,
    EVES_ACCOUNT,
    FOREIGN_PEN,
    GONE_ACCOUNT,
    INK,
    MANAGER,
    MEMBER,
    MODES,
    NOBODY,
    OTHER_ACCOUNT,
    PEN,
    STRANGER,
    TEMPLATES,
    Caller,
    Refused,
    Shop,
    order,
    place,
)
from tests.support.postgres import Databases, run

pytestmark = pytest.mark.postgres


@pytest.fixture(params=MODES)
def shop(request: pytest.FixtureRequest, databases: Databases) -> Shop:
    return Shop(databases.fresh(TEMPLATES[request.param]), request.param)


def refused(shop: Shop, name: str, caller: Caller, key: str, status: int, **given: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        run(shop.call(name, caller, [key], **given))
    assert refusal.value.status == status, refusal.value
    return refusal.value


def test_absent_is_not_null(shop: Shop) -> None:
    made = run(order(shop, note="first", ship_to={"line1": "x", "city": "y", "country": "DE"}))
    answer = run(shop.call("order_update", MEMBER, [made["id"]], input={"note": None}))
    assert (answer.status, answer.etag, answer.body["version"]) == (200, '"2"', 2)
    assert (answer.body["note"], answer.body["ship_to"]["city"]) == (None, "y")
    assert answer.body["updated_at"] > made["updated_at"] and answer.body["created_at"] == made["created_at"]
    body = run(shop.call("order_update", MEMBER, [made["id"]], input={"ship_to": {"line1": "z"}})).body
    assert (body["ship_to"], body["version"]) == ({"line1": "z"}, 3)


def test_members_outside_the_shape_are_not_read(shop: Shop) -> None:
    made = run(order(shop))
    forged = {"number": "Z-9", "status": "paid", "org_id": PEN, "customer_id": OTHER_ACCOUNT, "version": 40}
    body = run(shop.call("order_update", MEMBER, [made["id"]], input=forged)).body
    assert {**body, "updated_at": None} == {**made, "version": 2, "updated_at": None}


def test_a_version_that_is_not_the_last_is_refused(shop: Shop) -> None:
    made = run(order(shop))
    assert run(shop.call("order_update", MEMBER, [made["id"]], input={"note": "a"}, if_match=1)).etag == '"2"'
    assert (
        refused(shop, "order_update", MEMBER, made["id"], 412, input={"note": "b"}, if_match=1).code
        == "precondition-failed"
    )
    stored = run(shop.fetch('select note, version from "order"'))
    assert tuple(stored[0]) == ("a", 2)


def test_who_may_not_read_a_row_finds_none(shop: Shop) -> None:
    made = run(order(shop))
    for caller in (STRANGER, NOBODY):
        for name, given in (("order_update", {"input": {"note": "x"}}), ("order_cancel", {"reason": "x"})):
            assert refused(shop, name, caller, made["id"], 404, **given).code == "not-found"
    refused(shop, "order_update", MEMBER, PEN, 404, input={"note": "x"})
    refused(shop, "product_delete", STRANGER, PEN, 404)


def test_who_may_read_but_not_act_is_told_the_rule(shop: Shop) -> None:
    made = run(order(shop))
    run(place(shop, made["id"]))
    run(shop.call("order_pay", MANAGER, [made["id"]]))
    refusals = [
        refused(shop, "order_update", MEMBER, made["id"], 403, input={"note": "too late"}),
        refused(shop, "order_update", BUYER, made["id"], 403, input={"note": "not mine to change"}),
        refused(shop, "product_delete", MEMBER, PEN, 403),
        refused(shop, "order_pay", MEMBER, made["id"], 403),
    ]
    if shop.mode != "row level security":
        rules = [refusal.members["rule"] for refusal in refusals]
        assert all(rule and ".allow." in rule for rule in rules), rules
        assert rules[0] == rules[1] != rules[2]


def test_a_stale_version_tells_nothing_to_who_may_not_act(shop: Shop) -> None:
    made = run(order(shop))
    refused(shop, "order_update", STRANGER, made["id"], 404, input={"note": "x"}, if_match=9)
    refused(shop, "order_pay", MEMBER, made["id"], 403, if_match=9)


def test_a_reference_in_a_patch_leads_to_a_row_that_may_be_read(shop: Shop) -> None:
    answer = refused(
        shop, "customer_update", MEMBER, OTHER_ACCOUNT, 422, input={"user_id": FOREIGN_PEN, "name": "X"}
    )
    assert answer.paths == ["/user_id"]
    assert run(shop.fetch("select name from customer where id = $1", OTHER_ACCOUNT))[0]["name"] == "Other"
    body = run(shop.call("customer_update", MEMBER, [BOBS_ACCOUNT], input={"user_id": None})).body
    assert body["user_id"] is None


def test_a_row_cannot_be_moved_out_of_ones_own_reach(shop: Shop) -> None:
    """Bob may update his own account; not so that it stops being his."""
    body = run(shop.call("customer_update", BUYER, [BOBS_ACCOUNT], input={"name": "Bobby"})).body
    assert body["name"] == "Bobby"
    refused(shop, "customer_update", BUYER, BOBS_ACCOUNT, 403, input={"user_id": None})
    refused(shop, "customer_update", BUYER, OTHER_ACCOUNT, 404, input={"name": "Mine"})


def test_a_field_that_only_managers_write(shop: Shop) -> None:
    if shop.mode == "row level security":
        with pytest.raises((Refused, asyncpg.PostgresError)):
            run(shop.call("customer_update", MEMBER, [BOBS_ACCOUNT], input={"tax_number": "k1.x"}))
    else:
        refusal = refused(shop, "customer_update", MEMBER, BOBS_ACCOUNT, 403, input={"tax_number": "k1.x"})
        assert refusal.members["rule"] == "Customer.tax_number.write"
    assert run(shop.fetch("select tax_number from customer where tax_number is not null")) == []
    body = run(shop.call("customer_update", MANAGER, [BOBS_ACCOUNT], input={"tax_number": "k1.sealed"})).body
    assert body["tax_number"] == f"\x03customer.tax_number|{ACME}|{BOBS_ACCOUNT}|k1.sealed\x04"
    assert (
        run(shop.call("customer_update", MEMBER, [BOBS_ACCOUNT], input={"name": "B"})).body["tax_number"]
        == "***"
    )


def test_deletion_for_good_and_by_mark(shop: Shop) -> None:
    answer = run(shop.call("product_delete", MANAGER, [INK]))
    assert (answer.status, answer.body, answer.etag) == (204, None, None)
    refused(shop, "product_delete", MANAGER, INK, 404)
    assert run(shop.call("customer_delete", MANAGER, [OTHER_ACCOUNT])).status == 204
    stored = run(
        shop.fetch("select deleted_at is not null as gone from customer where id = $1", OTHER_ACCOUNT)
    )
    assert stored[0]["gone"]
    for key in (OTHER_ACCOUNT, GONE_ACCOUNT, EVES_ACCOUNT):
        refused(shop, "customer_delete", MANAGER, key, 404)
        refused(shop, "customer_update", MANAGER, key, 404, input={"name": "back"})


def test_what_others_refer_to_stays(shop: Shop) -> None:
    run(order(shop))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        run(shop.call("product_delete", MANAGER, [PEN]))


async def _two_patches(shop: Shop, key: str) -> list[object]:
    """Two callers patch version 1 at once; the second waits for the first."""
    first, second = await shop.connect(), await shop.connect()
    async with first.transaction():
        won = await shop.call(
            "order_update", MEMBER, [key], connection=first, input={"note": "first"}, if_match=1
        )
        waiting = asyncio.ensure_future(
            shop.call("order_update", MEMBER, [key], connection=second, input={"note": "second"}, if_match=1)
        )
        await asyncio.sleep(0.2)
        assert not waiting.done()
    try:
        lost: object = await waiting
    except Refused as refusal:
        lost = refusal.status
    await first.close()
    await second.close()
    return [won.etag, lost]


def test_the_second_of_two_writers_sees_what_the_first_did(shop: Shop) -> None:
    made = run(order(shop))
    assert run(_two_patches(shop, made["id"])) == ['"2"', 412]
