"""Events of a running service, published to NATS JetStream by its relay; NATS stops and comes back, and so does the relay."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bdc.stack.backend import free_port
from bdc.stack.up import Running
from tests.relay.test_webhooks import note, order, rows, until
from tests.support.served import client_of, served

nats = pytest.importorskip("nats", reason="not run: nats-py is not installed")
SERVER = Path(sys.executable).with_name("nats-server")
pytestmark = [
    pytest.mark.long,
    pytest.mark.postgres,
    pytest.mark.skipif(
        not SERVER.exists() and shutil.which("nats-server") is None,
        reason="not run: nats-server is not installed",
    ),
]


class Nats:
    """A server that keeps what it has been given while it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self.url = f"nats://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        program = str(SERVER if SERVER.exists() else shutil.which("nats-server"))
        command = [program, "-js", "-a", "127.0.0.1", "-p", str(self.port), "-sd", str(self._folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(10)

    def messages(self) -> list[dict[str, Any]]:
        """Return everything in the stream, with the subject."""

        async def read() -> list[dict[str, Any]]:
            client = await nats.connect(self.url)
            stream = client.jetstream()
            found: list[dict[str, Any]] = []
            try:
                last = (await stream.stream_info("Notices")).state.last_seq
                for number in range(1, last + 1):
                    message = await stream.get_msg("Notices", number)
                    found.append({"subject": message.subject, **json.loads(message.data or b"{}")})
            except nats.js.errors.NotFoundError:
                pass
            finally:
                await client.close()
            return found

        return asyncio.run(read())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    found = Nats(tmp_path_factory.mktemp("nats"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def up(server: Nats, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    fast = {"RELAY_FIRST_RETRY": "0.1", "RELAY_LEASE": "2", "NATS_URL": server.url}
    with served("notices", tmp_path_factory.mktemp("notices"), **fast) as found:
        yield found


def published(up: Running) -> bool:
    return not rows(up, "select from app.outbox where published_at is null")


def titles(server: Nats) -> list[str]:
    return [each["data"]["title"] for each in server.messages() if each["type"] == "OrderNoted"]


def test_events_are_published_in_order_through_outages(up: Running, server: Nats) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        keys = [order(ann), order(ann)]
        assert (
            ann.post(f"/v1/orders/{keys[0]}/place", json={"by": "post"}).status_code == 200
        )  # not of the stream
        for number in range(20):
            if number == 5:
                server.stop(signal.SIGKILL)
            if number == 12:
                server.start()
            if number == 15:
                assert up.relay is not None
                up.relay.process.send_signal(signal.SIGKILL)
                up.relay.process.wait()
                up.relayed()
            note(ann, keys[number % 2], f"n{number}")
            time.sleep(0.05)
        until(lambda: published(up), 40)
    found = titles(server)
    assert sorted(set(found), key=lambda title: int(title[1:])) == [f"n{number}" for number in range(20)]
    assert len(found) == 20  # the id of an event is that of its message: nothing is kept twice
    for line in (0, 1):
        seen = [title for title in found if int(title[1:]) % 2 == line]
        assert seen == sorted(seen, key=lambda title: int(title[1:]))
    assert {each["subject"] for each in server.messages()} == {"notices.events.OrderNoted"}


def test_what_nats_does_not_take_is_given_up_after_a_time(up: Running, server: Nats) -> None:
    with client_of(up, "acme.ann", "clerk") as ann:
        key = order(ann)
        note(ann, key, "before")
        until(lambda: published(up))
        rows(up, "alter table app.outbox disable row level security")
        large = "jsonb_build_object('title', repeat('x', 2000000))"
        insert = "insert into app.outbox (event, subject, payload, key, published_at)"
        rows(up, f"{insert} values ('OrderNoted', '{key}', {large}, jsonb_build_array('{key}'), null)")
        rows(up, "alter table app.outbox enable row level security")
        note(ann, key, "after")
        until(lambda: published(up), 30)
    dead = rows(up, "select publish_attempts, publish_error from app.outbox where publish_error is not null")
    assert len(dead) == 1 and dead[0][0] == "3" and "MaxPayload" in dead[0][1]
    assert titles(server)[-2:] == ["before", "after"]
