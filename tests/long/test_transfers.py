"""100,000 transfers of 64 callers, at once and by jobs, while PostgreSQL, the service and the worker are killed in turn: no cent is lost, none is moved twice.

Each transfer is asked for under a key until it is answered. What is counted is read from the database itself, beside the service. `TRANSFERS` says how many.
"""

import asyncio
import os
import socket
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

import asyncpg
import pytest

from bdc.stack.server import start
from bdc.stack.up import Running, UpOptions, running
from bdc.stack.workspace import Workspace
from tests.long.killing import Killer
from tests.support.emitted import build, compiled
from tests.support.served import SYSTEMS

pytestmark = [pytest.mark.postgres, pytest.mark.long]
TRANSFERS = int(os.environ.get("TRANSFERS", "100000"))
CALLERS, ACCOUNTS, BALANCE = 64, 1_000, 1_000_000
PAUSE = float(os.environ.get("TRANSFERS_PAUSE", "6"))
_ROWS = f"""
insert into account (id, balance) select ('00000001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, {BALANCE} from generate_series(1, {ACCOUNTS}) n
"""
_SUMS = "select sum(balance) from account where id::text like '00000001-%'"
_WRONG = f"""
with moved as (
  select id, sum(amount) as amount from (
    select goal_id as id, amount from posting union all select origin_id, -amount from posting) as m group by id
) select count(*) from account as a left join moved as m using (id)
where a.id::text like '00000001-%' and a.balance <> {BALANCE} + coalesce(m.amount, 0)
"""
_OPEN = "select count(*) from app.procrastinate_jobs where status in ('todo', 'doing')"
_AUDITED = "select count(*) from app.audit_log where table_name = 'account' and action = 'update'"


@pytest.fixture
def clearing(tmp_path: Path) -> Iterator[tuple[Running, Killer]]:
    """The system on a server that keeps what it has answered, whatever happens to it."""
    out = build(SYSTEMS / "clearing", tmp_path / "out")
    with start(tmp_path / "data") as server:
        url = server.superuser_url.rpartition("/")[0]
        asyncio.run(_execute(server.superuser_url, "create database clearing"))
        environment = (("LIMITS_RATE", "0"), ("WORKER_SILENT_AFTER", "3"))
        options = UpOptions(port=_port(), database=f"{url}/clearing", environment=environment)
        system = compiled(SYSTEMS / "clearing")[1]
        with running(system, out, Workspace(tmp_path), options, lambda step, detail, seconds: None) as up:
            killer = Killer(up, server, 1, PAUSE)
            try:
                yield up, killer
            finally:
                up.end_worker()
                up.backend.stop()
                killer.stop()


def _port() -> int:
    """Return a free port that no connection is given as its own: a caller that connects to such a port before the service is back would connect to itself."""
    for port in range(21_000 + os.getpid() % 9_000, 31_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def _asked(url: str, *statements: str) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetchval(each) for each in statements]
    finally:
        await connection.close()


def test_no_cent_is_lost(clearing: tuple[Running, Killer], capsys: pytest.CaptureFixture[str]) -> None:
    up, killer = clearing
    asyncio.run(_run(up, killer, capsys))


async def _run(up: Running, killer: Killer, capsys: pytest.CaptureFixture[str]) -> None:
    admin = up.settings.admin_url
    await _execute(admin, _ROWS)
    ended, callers = asyncio.Event(), _Callers(up)
    killing = asyncio.create_task(killer.until(ended))
    work = asyncio.gather(*(callers.work() for _ in range(CALLERS)))
    done, _ = await asyncio.wait([killing, work], return_when=asyncio.FIRST_COMPLETED)
    if killing in done:
        work.cancel()
        raise AssertionError(killing.exception())
    ended.set()
    await killing
    async with asyncio.timeout(600):
        while (await _asked(admin, _OPEN))[0]:
            await asyncio.sleep(1)
    found = await _asked(
        admin,
        _SUMS,
        _WRONG,
        "select count(*) from posting",
        "select count(distinct number) from posting",
        "select count(*) from app.procrastinate_jobs where status <> 'succeeded'",
        _AUDITED,
    )
    with capsys.disabled():
        print(f"\n{TRANSFERS:,} transfers, killed {killer.killed}, asked again {callers.again:,} times")
    assert callers.refused == [], callers.refused[:3]
    assert found == [ACCOUNTS * BALANCE, 0, TRANSFERS, TRANSFERS, 0, 2 * TRANSFERS]
    assert min(killer.killed.values()) > 0, killer.killed


class _Callers:
    """Each takes the next transfer, and asks for it until it is answered."""

    def __init__(self, up: Running) -> None:
        self.token, self.port = up.token("first.ann", "teller", lifetime=36_000), up.settings.port
        self.again, self.refused, self._next = 0, list[str](), iter(range(TRANSFERS))
        self._chance = Random(2)
        self._weights = list(accumulate(1 / rank for rank in range(1, ACCOUNTS + 1)))

    async def work(self) -> None:
        wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        for number in self._next:
            request = self._request(number)
            while True:
                try:
                    wire = wire or await asyncio.open_connection("127.0.0.1", self.port)
                    status, text = await asyncio.wait_for(_answer(wire, request), 30)
                except (OSError, EOFError, TimeoutError):
                    status, text = 0, ""
                if status in (200, 204):
                    break
                if 400 <= status < 500 and status not in (409, 429):
                    self.refused.append(text)
                    break
                # 409: the first one under this key is under way; 503 and 504: the database is away.
                self.again += 1
                if wire is not None and status == 0:
                    wire[1].close()
                    wire = None
                await asyncio.sleep(self._chance.uniform(0.05, 0.5))
        if wire is not None:
            wire[1].close()

    def _request(self, number: int) -> bytes:
        """Most move money at once, one of forty by a job."""
        origin, goal = self._chance.choices(range(1, ACCOUNTS + 1), cum_weights=self._weights, k=2)
        goal = goal if goal != origin else 1 + goal % ACCOUNTS
        body = f'{{"to_id": "{_key(goal)}", "amount": "{self._chance.randint(1, 500) / 100:.2f}", "number": {number}}}'
        what = "plan" if number % 40 == 0 else "move"
        return (
            f"POST /v1/accounts/{_key(origin)}/{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: transfer-{number}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def _key(number: int) -> str:
    return f"00000001-0000-7000-8000-{number:012x}"


async def _answer(wire: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> tuple[int, str]:
    reader, writer = wire
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = head.partition("content-length: ")[2].partition("\r\n")[0]
    body = await reader.readexactly(int(length)) if length else b""
    return int(head.split()[1]), body.decode()
