"""Events of another system, consumed from NATS: each has its effect once, whatever comes twice or is killed; what cannot be read is kept."""

import asyncio
import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from bdc.stack.up import Running
from tests.relay.test_stream import Nats, nats, pytestmark  # noqa: F401
from tests.relay.test_webhooks import rows, until
from tests.support.served import client_of, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    found = Nats(tmp_path_factory.mktemp("nats"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def up(server: Nats, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    publish(server, [])
    fast = {"RELAY_LEASE": "2", "BANK_NATS_URL": server.url}
    with served("payroll", tmp_path_factory.mktemp("payroll"), **fast) as found:
        yield found


def publish(server: Nats, messages: list[tuple[str, bytes]]) -> None:
    """Have another system publish messages: each without an id of NATS, so that all of them are kept."""

    async def send() -> None:
        for _ in range(100):
            try:
                client = await nats.connect(server.url, allow_reconnect=False)
                break
            except OSError:
                await asyncio.sleep(0.05)
        stream = client.jetstream()
        await stream.add_stream(name="BANK", subjects=["bank.events.>"])
        for subject, body in messages:
            await stream.publish(f"bank.events.{subject}", body)
        await client.close()

    asyncio.run(send())


def paid(org: str, number: int, **more: Any) -> tuple[str, bytes]:
    data = {"org": org, "account": "A1", "amount": f"{number}.50", "level": "high", "note": None, **more}
    return "Paid", json.dumps({"id": f"pay-{number}", "type": "Paid", "version": 1, "data": data}).encode()


def org_of(up: Running) -> str:
    return rows(up, "select id from org where name = 'Acme'")[0][0]


def test_an_event_has_its_effect_once(up: Running, server: Nats) -> None:
    org = org_of(up)
    for begin in (0, 10, 20):
        events = [paid(org, number) for number in range(begin, begin + 10)]
        publish(server, [*events, *events[:5]])
        assert up.relay is not None
        up.relay.process.send_signal(signal.SIGKILL)
        up.relay.process.wait()
        up.relayed()
    until(lambda: len(rows(up, "select from posting")) >= 30, 60)
    publish(server, [paid(org, 3)])
    until(lambda: len(rows(up, "select from app.inbox")) == 30)
    total = sum(number + 0.5 for number in range(30))
    with client_of(up, "demo.ann", "clerk") as ann:
        account = ann.get("/v1/accounts/A1").json()
    assert float(account["total"]) == total and account["level"] == "high"
    assert len(rows(up, "select from posting")) == 30


def test_what_cannot_be_read_is_kept_with_the_reason(up: Running, server: Nats) -> None:
    org = org_of(up)
    bad = [
        ("Paid", b"no json"),
        paid(org, 101, level="middle"),
        paid(org, 102, amount="much"),
        paid(org, 103, account=None),
        paid("no uuid", 104),
        ("Other", json.dumps({"id": "o-1", "type": "Other", "data": {}}).encode()),
        paid(org, 105),
    ]
    publish(server, bad)
    until(lambda: bool(rows(up, "select from app.inbox where message = 'pay-105' and error is null")))
    dead = dict(rows(up, "select message, error from app.inbox where error is not null"))
    assert len(dead) == 5 and {"pay-101", "pay-102", "pay-103", "pay-104"} < set(dead)
    until(lambda: len(rows(up, "select from posting")) == 31)


def test_an_event_may_queue_a_job_for_later(up: Running, server: Nats) -> None:
    told = {"id": "c-1", "type": "Closed", "data": {"org": org_of(up), "select": "A1"}}
    publish(server, [("Closed", json.dumps(told).encode())])
    until(lambda: bool(rows(up, "select from account where deleted_at is not null")), 30)
