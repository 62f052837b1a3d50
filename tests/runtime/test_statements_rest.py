"""Operations of several statements, asked of running services: all of it or nothing, within the rules, without deadlocks."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres

CALLS, WORKERS = 120, 12


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("exchange", tmp_path_factory.mktemp("exchange")) as found:
        yield found


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("counter", tmp_path_factory.mktemp("counter")) as found:
        yield found


def _accounts(up: Running) -> dict[str, dict[str, Any]]:
    """Return the accounts by their owners."""
    with client_of(up, "demo.ann", "clerk") as client:
        names = {each["id"]: each["name"] for each in client.get("/v1/holders").json()["items"]}
        items = client.get("/v1/accounts").json()["items"]
    return {names[each["owner_id"]]: each for each in items}


def test_a_transfer_changes_both_rows_and_adds_one(exchange: Running) -> None:
    before = _accounts(exchange)
    with client_of(exchange, "demo.ann", "holder") as client:
        body = {"to_id": before["Bob"]["id"], "amount": "10.50", "note": "rent"}
        answer = client.post(f"/v1/accounts/{before['Ann']['id']}/transfer", json=body)
    assert answer.status_code == 200, answer.text
    after = _accounts(exchange)
    assert Decimal(answer.json()["balance"]) == Decimal(before["Ann"]["balance"]) - Decimal("10.50")
    assert Decimal(after["Bob"]["balance"]) == Decimal(before["Bob"]["balance"]) + Decimal("10.50")
    assert after["Bob"]["version"] == before["Bob"]["version"] + 1
    with client_of(exchange, "demo.ann", "clerk") as client:
        posted = client.get("/v1/postings").json()["items"]
    assert [(each["amount"], each["note"]) for each in posted if each["note"] == "rent"] == [
        ("10.50", "rent")
    ]


def test_what_is_required_refuses_with_the_members_of_its_error(exchange: Running) -> None:
    before = _accounts(exchange)
    with client_of(exchange, "demo.ann", "holder") as client:
        body = {"to_id": before["Bob"]["id"], "amount": "5000"}
        answer = client.post(f"/v1/accounts/{before['Ann']['id']}/transfer", json=body)
    problem = answer.json()
    missing = Decimal("5000") - Decimal(before["Ann"]["balance"])
    assert (answer.status_code, problem["code"]) == (409, "insufficient-funds")
    assert (Decimal(problem["missing"]), problem["balance"]) == (missing, before["Ann"]["balance"])
    assert _accounts(exchange) == before


def test_a_row_that_is_not_there_is_named_by_its_place(exchange: Running) -> None:
    ann = _accounts(exchange)["Ann"]["id"]
    with client_of(exchange, "demo.ann", "holder") as client:
        body = {"to_id": "00000000-0000-7000-8000-000000000001", "amount": "1"}
        answer = client.post(f"/v1/accounts/{ann}/transfer", json=body)
    assert answer.status_code == 422
    assert [(each["path"], each["code"]) for each in answer.json()["errors"]] == [("/to_id", "not-found")]


def test_anothers_account_is_not_moved_from(exchange: Running) -> None:
    accounts = _accounts(exchange)
    with client_of(exchange, "demo.ann", "holder") as client:
        body = {"to_id": accounts["Ann"]["id"], "amount": "1"}
        answer = client.post(f"/v1/accounts/{accounts['Bob']['id']}/transfer", json=body)
    assert answer.status_code == 404  # it may be referred to, and not read
    assert _accounts(exchange) == accounts


def test_an_edge_is_put_once_and_removed_without_complaint(exchange: Running) -> None:
    ann = _accounts(exchange)["Ann"]["id"]
    with client_of(exchange, "demo.ann", "holder") as client:
        for verb, edges in (("watch", 1), ("watch", 1), ("unwatch", 0), ("unwatch", 0)):
            answer = client.post(f"/v1/accounts/{ann}/{verb}")
            assert answer.status_code == 204, answer.text
            assert len(client.get("/v1/watches").json()["items"]) == edges


def test_an_operation_may_remove_its_own_row(exchange: Running) -> None:
    ann = _accounts(exchange)["Ann"]
    with client_of(exchange, "demo.ann", "holder") as client:
        client.post(f"/v1/accounts/{ann['id']}/watch").raise_for_status()
        at = f"/v1/watches/{ann['owner_id']}/{ann['id']}/drop"
        assert [client.post(at).status_code for _ in range(2)] == [204, 404]
        assert client.get("/v1/watches").json()["items"] == []


def test_an_operation_without_a_row_of_its_own(exchange: Running) -> None:
    before = _accounts(exchange)["Bob"]
    body = {"into_id": before["id"], "amount": "3"}
    for role, status in (("holder", 403), ("clerk", 204)):
        with client_of(exchange, "demo.ann", role) as client:
            assert client.post("/v1/deposits", json=body).status_code == status
    assert Decimal(_accounts(exchange)["Bob"]["balance"]) == Decimal(before["balance"]) + 3


def test_graphql_moves_money_too(exchange: Running) -> None:
    accounts = _accounts(exchange)
    ask = 'mutation($id: ID!, $to: UUID!) { transferAccount(id: $id, toId: $to, amount: "1") { balance } }'
    variables = {"id": accounts["Ann"]["id"], "to": accounts["Bob"]["id"]}
    with client_of(exchange, "demo.ann", "holder") as client:
        answer = client.post("/graphql", json={"query": ask, "variables": variables}).json()
    assert Decimal(answer["data"]["transferAccount"]["balance"]) == Decimal(accounts["Ann"]["balance"]) - 1


def test_opposite_transfers_meet_no_deadlock_and_lose_nothing(exchange: Running) -> None:
    accounts = _accounts(exchange)
    ways = [("demo.ann", "Ann", "Bob"), ("demo.bob", "Bob", "Ann")]

    def move(number: int) -> int:
        actor, origin, goal = ways[number % 2]
        with client_of(exchange, actor, "holder") as client:
            body = {"to_id": accounts[goal]["id"], "amount": "0.01"}
            return client.post(f"/v1/accounts/{accounts[origin]['id']}/transfer", json=body).status_code

    with ThreadPoolExecutor(WORKERS) as pool:
        assert set(pool.map(move, range(CALLS))) == {200}
    total = [
        sum(Decimal(each["balance"]) for each in found.values()) for found in (accounts, _accounts(exchange))
    ]
    assert total[0] == total[1]


def test_a_transition_with_statements_in_a_tenant(counter: Running) -> None:
    with client_of(counter, "demo.ann", "clerk") as client:
        (voucher,) = client.get("/v1/vouchers").json()["items"]
        (till,) = client.get("/v1/tills").json()["items"]
        at = f"/v1/vouchers/{voucher['id']}"
        assert client.post(f"{at}/star", json={"reason": "nice"}).status_code == 200
        assert client.post(f"{at}/star").status_code == 200
        assert [each["reason"] for each in client.get("/v1/stars").json()["items"]] == ["nice"]
        assert client.delete(f"{at}/star").status_code == 204
        assert client.get("/v1/stars").json()["items"] == []
        body = {"at_id": till["id"], "worth": 60, "number": 1}
        refused = client.post(f"{at}/redeem", json=body).json()
        assert (refused["code"], refused["left"], refused["worth"]) == ("too-much", 50, 60)
        done = client.post(f"{at}/redeem", json={**body, "worth": 20}).json()
        assert (done["state"], done["left"]) == ("redeemed", 30)
        assert client.get(f"/v1/tills/{till['id']}").json()["cash"] == till["cash"] + 20
        again = client.post(f"{at}/redeem", json={**body, "worth": 20})
        assert (again.status_code, again.json()["code"]) == (409, "illegal-transition")
    with client_of(counter, "demo.ann", "boss") as client:
        (row,) = client.get("/v1/redemptions").json()["items"]
    assert (row["secret"], row["place"], row["worth"]) == ("GIFT", {"room": "a", "shelf": 3}, 20)


def test_a_check_of_another_row_undoes_everything(counter: Running) -> None:
    with client_of(counter, "demo.ann", "boss") as client:
        (till,) = client.get("/v1/tills").json()["items"]
        voucher = client.post("/v1/vouchers", json={"code": "MANY", "worth": 99, "left": 99}).json()
        client.patch(f"/v1/tills/{till['id']}", json={"limit": till["cash"]}).raise_for_status()
        body = {"at_id": till["id"], "worth": 1, "number": 2}
        answer = client.post(f"/v1/vouchers/{voucher['id']}/redeem", json=body)
        assert (answer.status_code, answer.json()["constraint"]) == (422, "ck_till_within_limit")
        assert client.get(f"/v1/vouchers/{voucher['id']}").json()["left"] == 99


@pytest.mark.parametrize(
    ("roles", "body", "accepted"),
    [
        ("holder", "Account.transfer", True),
        ("holder", "", False),
        ("holder", "Account.watch", False),
        ("holder", "deposit", False),
        ("clerk", "deposit", True),
        ("", "Account.transfer", False),
    ],
)
def test_the_database_opens_a_table_to_the_operation_alone(
    exchange: Running, roles: str, body: str, accepted: bool
) -> None:
    """What the service would never do, tried as the role that it logs in as."""
    accounts = _accounts(exchange)
    ann, bob = accounts["Ann"], accounts["Bob"]

    async def post() -> None:
        connection = await asyncpg.connect(exchange.settings.runtime_url)
        settings = {
            "app.actor_id": ann["owner_id"],
            "app.actor_roles": roles,
            "app.operation": "Account.transfer",
            "app.body": body,
            "app.request_id": "test",
        }
        try:
            async with connection.transaction():
                for name, value in settings.items():
                    await connection.execute("select set_config($1, $2, true)", name, value)
                row = (ann["id"], bob["id"], ann["owner_id"])
                await connection.execute(
                    "insert into posting (id, origin_id, goal_id, amount, by_id) values (gen_random_uuid(), $1, $2, 1, $3)",
                    *row,
                )
        finally:
            await connection.close()

    if accepted:
        asyncio.run(post())
        return
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(post())


def test_what_is_removed_is_what_has_the_values_also_none(counter: Running) -> None:
    with client_of(counter, "demo.ann", "clerk") as client:
        voucher = client.post("/v1/vouchers", json={"code": "STARRED", "worth": 9, "left": 9}).json()
        at = f"/v1/vouchers/{voucher['id']}"
        for body, left in (({"reason": "other"}, 1), ({}, 0)):
            client.post(f"{at}/star", json={}).raise_for_status()
            assert client.post(f"{at}/unlike", json=body).status_code == 204
            stars = client.get("/v1/stars").json()["items"]
            assert len([each for each in stars if each["voucher_id"] == voucher["id"]]) == left


TWINS = """
insert into house (id, name) values (gen_random_uuid(), 'Two');
insert into clerk (house_id, id, name) select h.id, c.id, 'Twin' from clerk c, house h where h.name = 'Two';
insert into till (house_id, id, cash) select h.id, t.id, 500 from till t, house h where h.name = 'Two';
insert into voucher (house_id, id, code, worth, "left", seller)
  select h.id, v.id, 'twin-' || row_number() over (), 1, 0, 'Twin' from voucher v, house h where h.name = 'Two';
"""


def test_rows_of_another_tenant_with_the_same_keys_change_nothing(counter: Running) -> None:
    """A key is unique within its tenant: each look at a row by its key says the tenant, too."""
    asyncio.run(_execute(counter.settings.admin_url, TWINS))
    with client_of(counter, "demo.ann", "boss") as client:
        (till,) = client.get("/v1/tills").json()["items"]
        client.patch(f"/v1/tills/{till['id']}", json={"limit": 100_000}).raise_for_status()
        made = client.post("/v1/vouchers", json={"code": "SOLD", "worth": 7, "left": 7}).json()
        assert made["seller"] == "Ann"
        body = {"at_id": till["id"], "worth": 7, "number": 9}
        done = client.post(f"/v1/vouchers/{made['id']}/redeem", json=body)
        assert (done.status_code, done.json()["left"]) == (200, 0)
        assert client.get(f"/v1/tills/{till['id']}").json()["cash"] == till["cash"] + 7


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def test_a_transfer_to_the_same_account_moves_nothing(exchange: Running) -> None:
    before = _accounts(exchange)["Ann"]
    with client_of(exchange, "demo.ann", "holder") as client:
        body = {"to_id": before["id"], "amount": "1"}
        answer = client.post(f"/v1/accounts/{before['id']}/transfer", json=body)
    assert (answer.status_code, answer.json()["balance"]) == (200, before["balance"])
