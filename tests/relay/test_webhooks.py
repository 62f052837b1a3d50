"""Events of a running service, delivered by its relay to real endpoints: by rights, signed, in order, again after failures."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from bdc.stack.up import Running
from tests.relay.receiver import Receiver, receiver
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notices")


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Running]:
    fast = {"RELAY_FIRST_RETRY": "0.1", "RELAY_LEASE": "2"}
    with served("notices", folder, **fast) as found:
        yield found


def secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


@pytest.fixture
def endpoint() -> Iterator[Receiver]:
    with receiver(secret()) as found:
        yield found


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something has come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def rows(up: Running, sql: str) -> list[list[str]]:
    """Ask the database as its administrator."""
    import asyncio

    import asyncpg

    async def ask() -> list[list[str]]:
        connection = await asyncpg.connect(up.settings.admin_url)
        try:
            return [[str(value) for value in row.values()] for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(ask())


def subscribed(up: Running, client: httpx.Client, endpoint: Receiver, *events: str) -> dict[str, Any]:
    """Subscribe an endpoint, and wait until it has proven that it belongs to the caller."""
    body = {"url": endpoint.url, "secret": endpoint.secret, "events": list(events)}
    answer = client.post("/v1/hooks", json=body)
    assert answer.status_code == 201, answer.text
    hook: dict[str, Any] = answer.json()
    if endpoint.proves:
        sql = f"select from app.webhook where subscription = '{hook['id']}' and verified_at is not null"
        until(lambda: bool(rows(up, sql)))
    return hook


def order(client: httpx.Client, title: str = "Chair", **more: Any) -> str:
    answer = client.post("/v1/orders", json={"title": title, "user_id": user(client), **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def user(client: httpx.Client) -> str:
    claims = json.loads(base64.urlsafe_b64decode(client.headers["authorization"].split(".")[1] + "=="))
    return str(claims["sub"])


def note(client: httpx.Client, key: str, title: str) -> None:
    answer = client.post(f"/v1/orders/{key}/note", json={"title": title})
    assert answer.status_code == 200, answer.text


def titles(endpoint: Receiver) -> list[str]:
    return [each["data"]["title"] for each in endpoint.events if each["type"] == "OrderNoted"]


def relay(up: Running, folder: Path, *arguments: str) -> str:
    """Run a command of the relay."""
    environment = {**os.environ, "PYTHONPATH": ".", "DATABASE_URL": up.settings.runtime_url}
    done = subprocess.run(
        [sys.executable, "-m", "services.relay", *arguments],
        cwd=folder / "out",
        env=environment | dict(up.settings.environment),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_events_are_sent_as_described_to_callers_that_may_read_the_row(
    up: Running, folder: Path, endpoint: Receiver
) -> None:
    document = json.loads((folder / "out/api/documentation/asyncapi.json").read_text(encoding="utf-8"))
    with (
        client_of(up, "acme.ann", "clerk") as ann,
        client_of(up, "acme.bob", "clerk") as bob,
        client_of(up, "acme.bob", "chief") as chief,
        client_of(up, "globex.eve", "chief") as eve,
        receiver(endpoint.secret) as his,
        receiver(endpoint.secret) as chiefs,
        receiver(endpoint.secret) as hers,
    ):
        for client, each in ((ann, endpoint), (bob, his), (chief, chiefs), (eve, hers)):
            subscribed(up, client, each)
        key = order(ann, secret="4711")
        assert ann.post(f"/v1/orders/{key}/place", json={"by": "post"}).status_code == 200
        note(ann, key, "Table")
        count = {"group": "a, b", "on": "2026-02-03"}
        assert bob.post("/v1/selects", json=count).status_code == 201
        found = bob.get("/v1/selects").json()["items"][0]
        tally = f"/v1/selects/{found['group']}/{found['on']}/tally"
        assert bob.post(tally).status_code == 200
        names = [
            ["OrderPlaced", "OrderNoted", "Counted"],
            ["Counted"],
            ["OrderPlaced", "OrderNoted", "Counted"],
        ]
        until(lambda: [len(each.events) for each in (endpoint, his, chiefs)] == [3, 1, 3])
        assert [sorted(e["type"] for e in each.events) for each in (endpoint, his, chiefs)] == list(
            map(sorted, names)
        )
        assert hers.events == []
    for told in endpoint.events:
        schema = {"$ref": f"#/components/schemas/{told['type']}Event", "components": document["components"]}
        assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []
    placed = next(each for each in endpoint.events if each["type"] == "OrderPlaced")
    assert placed["version"] == 2 and placed["data"]["order"]["secret"] is None
    assert endpoint.unsigned == 0


def test_a_failing_endpoint_gets_everything_in_order_once_it_is_back(up: Running, endpoint: Receiver) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        subscribed(up, ann, endpoint, "OrderNoted")
        endpoint.status = 503
        first, second = order(ann), order(ann)
        for number in range(3):
            note(ann, first, f"a{number}")
            note(ann, second, f"b{number}")
        until(lambda: endpoint.refused >= 2)
        endpoint.status = 204
        until(lambda: len(endpoint.events) == 6)
    assert [each for each in titles(endpoint) if each.startswith("a")] == ["a0", "a1", "a2"]
    assert [each for each in titles(endpoint) if each.startswith("b")] == ["b0", "b1", "b2"]


def test_what_cannot_be_delivered_is_given_up_and_replayed_in_order(
    up: Running, folder: Path, endpoint: Receiver
) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        hook = subscribed(up, ann, endpoint, "OrderNoted")
        endpoint.status = 500
        key = order(ann)
        for number in range(3):
            note(ann, key, f"n{number}")
        dead = f"select from app.webhook_delivery where subscription = '{hook['id']}' and dead_at is not null"
        until(lambda: len(rows(up, dead)) == 3)
        assert endpoint.refused == 12  # four attempts of each
        assert len(relay(up, folder, "dead", "--subscription", hook["id"]).split("  ")) == 7
        endpoint.status = 204
        assert relay(up, folder, "replay", "--subscription", hook["id"]) == "3 to be delivered again"
        until(lambda: len(endpoint.events) == 3)
    assert titles(endpoint) == ["n0", "n1", "n2"]


def test_a_secret_is_valid_for_a_day_after_it_was_replaced(up: Running, endpoint: Receiver) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        hook = subscribed(up, ann, endpoint, "OrderNoted")
        answer = ann.patch(f"/v1/hooks/{hook['id']}", json={"secret": secret()}, headers={"if-match": '"1"'})
        assert answer.status_code == 200, answer.text
        note(ann, order(ann), "rotated")
        until(lambda: titles(endpoint) == ["rotated"])
        stored = rows(
            up, f"select secret, previous_secret from app.webhook where subscription = '{hook['id']}'"
        )
    assert all(endpoint.secret not in value for value in stored[0]) and endpoint.unsigned == 0


def test_an_endpoint_that_proves_nothing_gets_nothing(up: Running, endpoint: Receiver) -> None:
    endpoint.proves = False
    with client_of(up, "acme.ann", "clerk") as ann, receiver(endpoint.secret) as other:
        hook = subscribed(up, ann, endpoint)
        subscribed(up, ann, other, "OrderNoted")
        note(ann, order(ann), "x")
        until(lambda: titles(other) == ["x"])
        asked = rows(up, f"select asked from app.webhook where subscription = '{hook['id']}'")
    assert endpoint.events == [] and int(asked[0][0]) > 0


def test_an_endpoint_that_is_gone_is_not_called_again(up: Running, endpoint: Receiver) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        hook = subscribed(up, ann, endpoint, "OrderNoted")
        endpoint.status = 410
        note(ann, order(ann), "x")
        off = f"select from app.webhook where subscription = '{hook['id']}' and disabled_at is not null"
        until(lambda: bool(rows(up, off)))
        note(ann, order(ann), "y")
        assert ann.delete(f"/v1/hooks/{hook['id']}").status_code == 204
        assert rows(up, f"select from app.webhook where subscription = '{hook['id']}'") == []
    assert endpoint.refused == 1


def test_a_relay_that_is_killed_loses_nothing(up: Running, endpoint: Receiver) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        subscribed(up, ann, endpoint, "OrderNoted")
        keys = [order(ann) for _ in range(4)]
        for number in range(12):
            note(ann, keys[number % 4], f"k{number}")
            if number % 4 == 3:
                assert up.relay is not None
                up.relay.process.send_signal(signal.SIGKILL)
                up.relay.process.wait()
                up.relayed()
        until(lambda: len(set(titles(endpoint))) == 12, 40)
    ids = [each["id"] for each in endpoint.events]
    for line in range(4):
        seen = list(dict.fromkeys(each for each in titles(endpoint) if int(each[1:]) % 4 == line))
        assert seen == [f"k{number}" for number in range(line, 12, 4)]
    assert len(ids) - len(set(ids)) <= 3 * 4  # at most what was under way each time


def test_a_relay_that_is_asked_to_end_gives_its_work_back(up: Running) -> None:
    assert up.relay is not None
    held = "select from app.relay_lease where until > now()"
    until(lambda: len(rows(up, held)) == 10)
    up.relay.process.send_signal(signal.SIGTERM)
    assert up.relay.process.wait(10) == 0
    assert rows(up, held) == []
    up.relayed()


@pytest.mark.long
def test_a_database_that_crashes_loses_no_acknowledged_event(up: Running, endpoint: Receiver) -> None:
    rows(up, 'alter database "notices" set synchronous_commit = on')
    up.restart()
    acknowledged: list[str] = []
    with client_of(up, "acme.ann", "clerk") as ann:
        subscribed(up, ann, endpoint, "OrderNoted")
        key = order(ann)
        for number in range(60):
            if number in (15, 35):
                crash(up)
            answer = ann.post(f"/v1/orders/{key}/note", json={"title": f"c{number}"})
            if answer.status_code == 200:
                acknowledged.append(f"c{number}")
            else:
                assert answer.status_code == 503, answer.text
                time.sleep(0.2)
        until(lambda: set(acknowledged) <= set(titles(endpoint)), 60)
    assert len(acknowledged) > 30
    first_seen = list(dict.fromkeys(titles(endpoint)))
    assert first_seen == sorted(first_seen, key=lambda title: int(title[1:]))


def crash(up: Running) -> None:
    """Kill one server process: PostgreSQL ends all sessions and recovers from its log."""
    found = rows(up, "select pid from pg_stat_activity where usename = 'notices_runtime' limit 1")
    os.kill(int(found[0][0]), signal.SIGKILL)
