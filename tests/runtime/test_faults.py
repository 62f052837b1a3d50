"""What goes wrong in the middle of something: a clear answer, and nothing half-written."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bdc.stack.backend import free_port, serve
from tests.runtime.conftest import Shop, Starter
from tests.runtime.faults import Proxy, background, locked, until, value, waiting
from tests.runtime.story import order, problem, product, unique
from tests.support.shop import build_shop

pytestmark = pytest.mark.postgres
Client = httpx.Client
STATE = 'select status from "order" where id = $1::uuid'
STOCK = "select stock from product where id = $1::uuid"
KEYS = "select count(*) from app.idempotency_key where key = $1"


@pytest.fixture
def admin(running: Shop) -> str:
    return running.settings.admin_url


@pytest.fixture
def goods(manager: Client) -> dict[str, str]:
    """An order for two of a product of which there are ten."""
    made = product(manager, stock=10)
    return {"product": made["id"], "order": order(manager, {made["id"]: 2})["id"]}


def place(client: Client, goods: dict[str, str], key: str = "") -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    return client.post(f"/v1/orders/{goods['order']}/place", json={}, headers=headers)


def test_a_session_that_is_ended_in_the_middle_leaves_nothing(
    member: Client, admin: str, goods: dict[str, str]
) -> None:
    key = f"ended-{unique()}"
    with (
        locked(admin, "product", goods["product"]),
        background(lambda: place(member, goods, key)) as answer,
    ):
        until(lambda: waiting(admin))
        value(
            admin,
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()",
        )
        refused = answer.result()
    problem(refused, 503, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    assert (value(admin, STATE, goods["order"]), value(admin, STOCK, goods["product"])) == ("draft", 10)
    assert value(admin, KEYS, key) == 0
    assert place(member, goods, key).json()["status"] == "placed"
    assert place(member, goods, key).status_code == 200
    assert value(admin, STOCK, goods["product"]) == 8


def test_a_database_that_comes_back_is_used_again(starter: Starter, goods: dict[str, str]) -> None:
    wire = Proxy(starter.settings.runtime_url)
    shop = starter.start(DATABASE_URL=wire.url(starter.settings.runtime_url))
    client, admin = shop.client("acme.ann", "member"), shop.settings.admin_url
    with locked(admin, "product", goods["product"]), background(lambda: place(client, goods)) as answer:
        until(lambda: waiting(admin))
        wire.cut()
        problem(answer.result(), 503, "unavailable")
    problem(client.get("/v1/products"), 503, "unavailable")
    problem(client.get("/readyz"), 503, "unavailable")
    wire.mend()
    until(lambda: client.get("/readyz").status_code == 200)
    until(lambda: not waiting(admin))
    assert value(admin, STOCK, goods["product"]) == 10
    assert place(client, goods).json()["status"] == "placed"


def test_a_service_that_dies_in_the_middle_has_done_nothing(starter: Starter, goods: dict[str, str]) -> None:
    shop, key = starter.start(), f"died-{unique()}"
    client, admin = shop.client("acme.ann", "member"), shop.settings.admin_url
    with (
        locked(admin, "product", goods["product"]),
        background(lambda: place(client, goods, key)) as answer,
    ):
        until(lambda: waiting(admin))
        _kill(shop.backend.process.pid)
        assert isinstance(answer.exception(), httpx.TransportError)
    until(lambda: not waiting(admin))
    assert (value(admin, STATE, goods["order"]), value(admin, STOCK, goods["product"])) == ("draft", 10)
    again = starter.start().client("acme.ann", "member")
    assert place(again, goods, key).status_code == 200
    assert place(again, goods, key).status_code == 200
    assert value(admin, STOCK, goods["product"]) == 8


def _kill(parent: int) -> None:
    """Kill a process and its workers, without a word."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    for pid in (parent, *map(int, children)):
        os.kill(pid, signal.SIGKILL)


def test_no_free_connection_is_a_reason_to_come_back_later(starter: Starter, goods: dict[str, str]) -> None:
    shop = starter.start(DATABASE_POOL_SIZE="1", DATABASE_ACQUIRE_TIMEOUT="0.2")
    client, admin = shop.client("acme.ann", "member"), shop.settings.admin_url
    other = shop.client("acme.ann", "member")
    with (
        locked(admin, "product", goods["product"]) as release,
        background(lambda: place(client, goods)) as answer,
    ):
        until(lambda: waiting(admin))
        refused = other.get("/v1/products")
        problem(refused, 503, "unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        assert other.get("/healthz").status_code == 200
        release()
        assert answer.result().status_code == 200
    assert other.get("/v1/products").status_code == 200


def test_a_statement_that_takes_too_long_is_ended(starter: Starter, goods: dict[str, str]) -> None:
    shop = starter.start(DATABASE_STATEMENT_TIMEOUT="0.4")
    client, admin = shop.client("acme.ann", "member"), shop.settings.admin_url
    with locked(admin, "product", goods["product"]):
        problem(place(client, goods), 504, "timeout")
        assert value(admin, STATE, goods["order"]) == "draft"
    assert place(client, goods).status_code == 200


def test_asked_to_end_it_finishes_what_it_has_begun(starter: Starter, goods: dict[str, str]) -> None:
    shop = starter.start()
    client, admin = shop.client("acme.ann", "member"), shop.settings.admin_url
    with (
        locked(admin, "product", goods["product"]) as release,
        background(lambda: place(client, goods)) as answer,
    ):
        until(lambda: waiting(admin))
        shop.backend.process.send_signal(signal.SIGTERM)
        until(lambda: _refuses(shop.backend.url))
        assert not answer.done()
        release()
        assert answer.result().json()["status"] == "placed"
    assert shop.backend.process.wait(10) == 0
    assert value(admin, STOCK, goods["product"]) == 8


def _refuses(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == 503
    except httpx.TransportError:
        return True


RAISING = '''"""Takes from the stock, then fails when the note says so."""

from database.models import Order
from services.business.contexts import OrderPlaceContext


async def place(context: OrderPlaceContext, order: Order) -> None:
    async with context.elevated():
        await context.execute("update product set stock = stock - 1 where org_id = $1 and stock > 0", order.org_id)
        if order.note == "refused by the database":
            await context.execute("update product set stock = -1 where org_id = $1", order.org_id)
    if order.note == "raises":
        raise RuntimeError("secret of the house")
'''


@pytest.fixture(scope="module")
def raising(starter: Starter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop with user code that fails after it has written something."""
    folder = tmp_path_factory.mktemp("raising")
    out = build_shop(folder / "out")
    (out / "services/business/order_place.py").write_text(RAISING, encoding="utf-8")
    environment = {**starter.settings.environment, "LIMITS_RATE": "0"}
    settings = replace(starter.settings, port=free_port(), environment=environment)
    with serve(out, settings, folder / "service.log") as backend:
        yield Shop(backend, settings, out, starter._client_of(backend))


@pytest.mark.parametrize(
    ("note", "status", "code"),
    [("raises", 500, "internal-error"), ("refused by the database", 422, "validation-failed")],
)
def test_user_code_that_fails_leaves_nothing(
    raising: Shop, manager: Client, note: str, status: int, code: str
) -> None:
    made = product(manager, stock=10)
    goods = {"product": made["id"], "order": order(manager, {made["id"]: 2}, note=note)["id"]}
    client, admin, key = (
        raising.client("acme.ann", "member"),
        raising.settings.admin_url,
        f"raises-{unique()}",
    )
    for _ in range(2):
        refused = place(client, goods, key)
        problem(refused, status, code)
        assert "secret" not in refused.text
    assert (value(admin, STATE, goods["order"]), value(admin, STOCK, goods["product"])) == ("draft", 10)
    assert value(admin, KEYS, key) == 0
    assert value(admin, "select count(*) from app.outbox where subject = $1", goods["order"]) == 0


def test_an_idempotency_key_opens_nothing_for_others_nor_for_a_lesser_token(
    running: Shop, member: Client, manager: Client, stranger: Client, goods: dict[str, str]
) -> None:
    key = f"own-{unique()}"
    assert place(member, goods, key).status_code == 200
    problem(place(stranger, goods, key), 404, "not-found")
    for client in (running.client("acme.ann"), manager):
        problem(place(client, goods, key), 422, "idempotency-key-reused")
    assert place(member, goods, key).status_code == 200


@pytest.mark.parametrize("change", ["x", "flip", "cut", "swap"])
def test_a_cursor_is_taken_as_it_was_given_or_not_at_all(manager: Client, change: str) -> None:
    for _ in range(3):
        product(manager)
    cursor = manager.get("/v1/products?limit=1&sort=title").json()["next_cursor"]
    changed = {
        "x": cursor + "x",
        "flip": cursor[:5] + ("A" if cursor[5] != "A" else "B") + cursor[6:],
        "cut": cursor[: len(cursor) // 2],
        "swap": manager.get("/v1/products?limit=1&sort=price").json()["next_cursor"],
    }[change]
    problem(
        manager.get("/v1/products", params={"limit": 1, "sort": "title", "cursor": changed}),
        400,
        "invalid-cursor",
    )
