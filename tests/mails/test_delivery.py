"""The emitted worker hands messages to a real server that refuses, is gone, and comes back; and a worker that is killed sends the same message again."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bdc.stack.backend import backend_environment, free_port
from bdc.stack.up import Running
from tests.support.served import served

pytestmark = [pytest.mark.postgres, pytest.mark.long]
RUNS = (
    "select j.id, j.status::text as status, p.failures, p.error from app.procrastinate_jobs as j"
    " left join app.job_progress as p on p.run = j.id where j.args->>'login' = $1 order by j.id"
)


class Mailbox:
    """What a server takes. `later` and `never`: recipients that it refuses for now, and for good; `hang`: it does not answer."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.later: set[str] = set()
        self.never: set[str] = set()
        self.hang = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.never:
            return f"550 5.1.1 <{address}>: no such mailbox"
        if address in self.later:
            return f"450 4.2.1 <{address}>: come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        while self.hang:
            await asyncio.sleep(0.05)
        return "250 OK"

    def of(self, to: str) -> list[EmailMessage]:
        return [each for each in self.messages if each["To"] == to]


class World:
    """The running system, the server of mail, and the runs."""

    def __init__(self, up: Running, port: int) -> None:
        self.up, self.port = up, port
        self.box = Mailbox()
        self.server: Controller | None = None
        self.client = httpx.Client(base_url=up.backend.url, timeout=30)

    def open(self) -> None:
        self.server = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self.server.start()

    def shut(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.server = None

    def sign_up(self, address: str, called: str = "Ann") -> None:
        body = {"address": address, "called": called, "password": "correct horse battery"}
        made = self.client.post("/v1/auth/sign-up", json=body)
        assert made.status_code == 201, made.text

    def runs(self, address: str) -> list[dict[str, Any]]:
        async def fetch() -> list[dict[str, Any]]:
            connection = await asyncpg.connect(self.up.settings.admin_url)
            try:
                return [dict(row) for row in await connection.fetch(RUNS, address)]
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def status(self, address: str) -> list[str]:
        return [run["status"] for run in self.runs(address)]

    def until(self, holds: Callable[[], bool], seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.log()[-3_000:]
            time.sleep(0.1)

    def log(self) -> str:
        return (self.up.backend.log.parent / "worker.log").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, port = tmp_path_factory.mktemp("postbox"), free_port()
    # Runs of a worker that was killed are taken up soon.
    with served("postbox", folder, SMTP_URL=f"smtp://127.0.0.1:{port}", WORKER_SILENT_AFTER="3") as up:
        found = World(up, port)
        found.open()
        yield found
        found.shut()


def test_a_message_arrives_as_it_was_written(world: World) -> None:
    world.sign_up("ann@example.test")
    world.until(lambda: world.status("ann@example.test") == ["succeeded"])
    (message,) = world.box.of("ann@example.test")
    assert message["Subject"] == "Is this your address?"
    assert message["Auto-Submitted"] == "auto-generated"
    token = message.get_content().strip().rpartition("token=")[2]
    assert world.client.post("/v1/auth/verify/accept", json={"token": token}).status_code == 204


def test_a_server_that_is_gone_gets_the_message_when_it_is_back(world: World) -> None:
    world.shut()
    world.sign_up("ben@example.test")
    world.until(lambda: (world.runs("ben@example.test")[0]["failures"] or 0) >= 1)
    world.open()
    again = "update app.procrastinate_jobs set scheduled_at = now() where status = 'todo'"
    _execute(world, again)
    world.until(lambda: world.status("ben@example.test") == ["succeeded"])
    assert len(world.box.of("ben@example.test")) == 1


def test_what_is_refused_for_now_is_tried_again_with_the_same_id(world: World) -> None:
    world.box.later.add("cat@example.test")
    world.sign_up("cat@example.test")
    world.until(lambda: (world.runs("cat@example.test")[0]["failures"] or 0) >= 1)
    assert "450 4.2.1" in world.runs("cat@example.test")[0]["error"]
    world.box.later.clear()
    _execute(world, "update app.procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    world.until(lambda: world.status("cat@example.test") == ["succeeded"])


def test_what_is_refused_for_good_is_not_tried_again(world: World) -> None:
    world.box.never.add("dan@example.test")
    world.sign_up("dan@example.test")
    world.until(lambda: world.status("dan@example.test") == ["failed"])
    (run,) = world.runs("dan@example.test")
    assert "550 5.1.1" in run["error"] and "dan@" not in run["error"]


def test_a_worker_that_is_killed_sends_the_same_message_again(world: World) -> None:
    world.box.hang = True
    world.sign_up("eve@example.test")
    world.until(lambda: len(world.box.of("eve@example.test")) == 1)
    assert world.up.worker is not None
    world.up.worker.process.send_signal(signal.SIGKILL)
    world.up.worker.process.wait(10)
    world.box.hang = False
    world.up.worked()
    world.until(lambda: world.status("eve@example.test") == ["succeeded"], 60)
    first, second = world.box.of("eve@example.test")
    assert first["Message-ID"] == second["Message-ID"]
    # The token of the copy that arrived first is good too.
    token = first.get_content().strip().rpartition("token=")[2]
    assert world.client.post("/v1/auth/verify/accept", json={"token": token}).status_code == 204


def test_a_name_adds_no_header_and_no_markup(world: World) -> None:
    world.sign_up("fay@example.test", "Fay\r\nBcc: all@example.test")
    world.until(lambda: world.status("fay@example.test") == ["succeeded"])
    assert world.client.post("/v1/auth/reset", json={"address": "fay@example.test"}).status_code == 204
    world.until(lambda: world.status("fay@example.test") == ["succeeded", "succeeded"])
    for message in world.box.of("fay@example.test"):
        assert message["Bcc"] is None
    assert not world.box.of("all@example.test")


def test_logs_name_no_recipient(world: World) -> None:
    lines = [json.loads(line) for line in world.log().splitlines() if line.startswith("{")]
    assert lines
    told = " ".join(f"{line['message']} {line.get('exception', '')}" for line in lines)
    for secret in ("example.test", "Ann", "Fay", "token=", "login="):
        assert secret not in told


def test_production_does_not_start_without_a_server(world: World) -> None:
    environment = backend_environment(world.up.settings) | {"ENVIRONMENT": "production"}
    for url in ("", f"smtp://127.0.0.1:{world.port}"):
        done = subprocess.run(
            [sys.executable, "-m", "services.worker", "list"],
            cwd=Path(world.up.out),
            env=environment | {"SMTP_URL": url},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 78
        assert "SMTP_URL" in done.stderr


def _execute(world: World, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(world.up.settings.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def test_the_page_of_development_keeps_its_policy(world: World) -> None:
    """What is sent is not kept: the list is empty. A message that is not there has no page, whatever its name."""
    page = world.client.get("/docs/mails")
    assert page.status_code == 200 and "script-src 'self'" in page.headers["content-security-policy"]
    assert "sandbox" in page.text and "unsafe" not in page.headers["content-security-policy"]
    assert world.client.get("/docs/mails.json").json() == {"items": []}
    for name in ("00000000000000000001-1", "..%2f..%2fetc%2fpasswd"):
        assert world.client.get(f"/docs/mails/{name}/html").status_code == 404
