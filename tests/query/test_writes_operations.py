"""Custom operations: transitions, user code in between, hand-written SQL, events, and keys that make a call repeatable."""

import asyncio
from json import loads

import pytest
from tests.query.shop import (
    ACME,
    BUYER,
    MANAGER,
    MEMBER,
    MODES,
    NIL,
    STRANGER,
    TEMPLATES,
    Answer,
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


def refused(shop: Shop, name: str, caller: Caller, key: str, **given: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        run(shop.call(name, caller, [key], **given))
    return refusal.value


def test_an_order_goes_along_its_machine(shop: Shop) -> None:
    made = run(order(shop))
    placed = run(place(shop, made["id"], BUYER))
    assert (placed.status, placed.body["status"]) == (200, "placed") and placed.body["placed_at"] is not None
    paid = run(shop.call("order_pay", MANAGER, [made["id"]], if_match=placed.body["version"]))
    assert paid.body["status"] == "paid" and paid.body["placed_at"] == placed.body["placed_at"]
    shipped = run(shop.call("order_ship", MANAGER, [made["id"]], tracking="T 1"))
    assert (shipped.body["status"], shipped.body["tracking"], shipped.etag) == (
        "shipped",
        "T 1",
        f'"{paid.body["version"] + 1}"',
    )


def test_a_wrong_state_is_the_operations_own_error(shop: Shop) -> None:
    made = run(order(shop))
    run(shop.call("order_cancel", BUYER, [made["id"]], reason="no"))
    refusal = refused(shop, "order_cancel", BUYER, made["id"], reason="again")
    assert (refusal.status, refusal.code, refusal.members) == (
        409,
        "order-not-cancellable",
        {"status": "cancelled"},
    )
    refusal = refused(shop, "order_pay", MANAGER, made["id"])
    assert (refusal.status, refusal.code) == (409, "illegal-transition")
    assert refusal.members == {"current": "cancelled", "operation": "pay"}
    assert refused(shop, "order_place_begin", MEMBER, made["id"]).status == 409


def test_an_event_is_written_with_its_change_or_not_at_all(shop: Shop) -> None:
    made = run(order(shop))
    run(shop.call("order_cancel", BUYER, [made["id"]], reason="it's late"))
    refused(shop, "order_cancel", BUYER, made["id"], reason="again")
    (event,) = run(shop.fetch("select event, subject, tenant, payload from app.outbox"))
    payload = loads(event["payload"])
    assert (event["event"], event["subject"], event["tenant"]) == ("OrderCancelled", made["id"], ACME)
    assert (payload["reason"], payload["order"]["status"], payload["order"]["id"]) == (
        "it's late",
        "cancelled",
        made["id"],
    )


def test_user_code_gets_the_row_and_a_lock(shop: Shop) -> None:
    made = run(order(shop, note="n"))
    answer = run(shop.call("order_place_begin", MEMBER, [made["id"]]))
    assert (answer.status, answer.body) == (0, None)
    assert (answer.row["id"], answer.row["note"], answer.row["org_id"]) == (made["id"], "n", ACME)
    assert refused(shop, "order_place_begin", STRANGER, made["id"]).status == 404
    assert refused(shop, "order_place_begin", MEMBER, made["id"], if_match=5).status == 412


async def _failing_code(shop: Shop, key: str) -> None:
    connection = await shop.connect()
    with pytest.raises(ZeroDivisionError):
        async with connection.transaction():
            await shop.call(
                "order_place_begin",
                MEMBER,
                [key],
                connection=connection,
                idempotency_key="k",
                request_hash="h",
            )
            await shop.call(
                "order_place_finish",
                MEMBER,
                [key],
                connection=connection,
                idempotency_key="k",
                request_hash="h",
            )
            raise ZeroDivisionError
    await connection.close()


def test_nothing_stays_when_user_code_fails(shop: Shop) -> None:
    made = run(order(shop))
    run(_failing_code(shop, made["id"]))
    left = run(
        shop.fetch(
            'select status from "order" union all select event from app.outbox union all select key from app.idempotency_key'
        )
    )
    assert [row[0] for row in left] == ["draft"]


def cancel(
    shop: Shop, caller: Caller, key: str, reason: str = "no", hashed: str = "h1", **more: object
) -> Answer:
    return run(
        shop.call(
            "order_cancel", caller, [key], reason=reason, idempotency_key="k1", request_hash=hashed, **more
        )
    )


def test_a_repeated_call_is_answered_and_not_done_again(shop: Shop) -> None:
    made = run(order(shop))
    first = cancel(shop, MEMBER, made["id"])
    assert cancel(shop, MEMBER, made["id"]) == first
    assert cancel(shop, MEMBER, made["id"], if_match=1) == first
    assert len(run(shop.fetch("select 1 from app.outbox"))) == 1
    with pytest.raises(Refused) as refusal:
        cancel(shop, MEMBER, made["id"], reason="other", hashed="h2")
    assert (refusal.value.status, refusal.value.code) == (422, "idempotency-key-reused")


def test_a_key_is_the_callers_own(shop: Shop) -> None:
    made, other = run(order(shop)), run(order(shop, number="A-2"))
    cancel(shop, MEMBER, made["id"])
    assert cancel(shop, BUYER, other["id"]).body["id"] == other["id"]
    with pytest.raises(Refused) as refusal:
        cancel(shop, Caller(NIL, NIL, "anonymous"), made["id"])
    assert refusal.value.status == 404
    assert len(run(shop.fetch("select 1 from app.idempotency_key"))) == 2


def test_a_refusal_is_not_kept(shop: Shop) -> None:
    made = run(order(shop))
    with pytest.raises(Refused):
        run(shop.call("order_pay", MANAGER, [made["id"]], idempotency_key="k", request_hash="h"))
    run(place(shop, made["id"]))
    assert (
        run(shop.call("order_pay", MANAGER, [made["id"]], idempotency_key="k", request_hash="h")).body[
            "status"
        ]
        == "paid"
    )


async def _race(shop: Shop, key: str, commit: bool) -> tuple[Answer, Answer]:
    """One call waits in its transaction; a duplicate comes meanwhile; then the first commits or rolls back."""
    first, second = await shop.connect(), await shop.connect()
    given = {"reason": "no", "idempotency_key": "k", "request_hash": "h"}
    transaction = first.transaction()
    await transaction.start()
    one = await shop.call("order_cancel", MEMBER, [key], connection=first, **given)
    waiting = asyncio.ensure_future(shop.call("order_cancel", MEMBER, [key], connection=second, **given))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await (transaction.commit() if commit else transaction.rollback())
    two = await waiting
    await first.close()
    await second.close()
    return one, two


@pytest.mark.parametrize("commit", [True, False])
def test_concurrent_duplicates_act_once(shop: Shop, commit: bool) -> None:
    made = run(order(shop))
    one, two = run(_race(shop, made["id"], commit))
    assert (two.status, two.body["status"], two.etag) == (200, "cancelled", one.etag)
    assert (two == one) == commit
    assert len(run(shop.fetch("select 1 from app.outbox"))) == 1


async def _repeat_place(shop: Shop, key: str) -> tuple[Answer, Answer]:
    connection = await shop.connect()
    given = {"idempotency_key": "k", "request_hash": "h"}
    async with connection.transaction():
        await shop.call("order_place_begin", MEMBER, [key], connection=connection, **given)
        done = await shop.call("order_place_finish", MEMBER, [key], connection=connection, **given)
    replayed = await shop.call("order_place_begin", MEMBER, [key], connection=connection, **given)
    await connection.close()
    return done, replayed


def test_a_replay_stops_before_user_code(shop: Shop) -> None:
    made = run(order(shop))
    done, replayed = run(_repeat_place(shop, made["id"]))
    assert (replayed.status, replayed.body, replayed.etag, replayed.row) == (200, done.body, done.etag, None)


def test_hand_written_sql_is_held_to_roles_and_rows(shop: Shop) -> None:
    made = run(order(shop, items=[{"product_id": "0190a000-0000-7000-8000-000000000300", "quantity": 3}]))
    run(place(shop, made["id"]))
    days = {"since": "2000-01-01", "until": "2100-01-01"}
    (row,) = run(shop.call("daily_revenue", MANAGER, **days)).body
    assert (row["orders"], row["revenue"], row["day"][:2]) == (1, "7.50", "20")
    assert run(shop.call("daily_revenue", MANAGER, since="2000-01-01", until="2000-01-02")).body == []
    with pytest.raises(Refused) as refusal:
        run(shop.call("daily_revenue", MEMBER, **days))
    assert (refusal.value.status, refusal.value.members["rule"]) == (403, "daily_revenue.allow")
    if shop.mode != "inlined":
        assert run(shop.call("daily_revenue", STRANGER, **days)).body == []
