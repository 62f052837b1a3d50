"""The shop under load while its database loses connections and the service is restarted: what was promised holds afterwards.

`SOAK_SECONDS` says how long the bad time lasts (180).
"""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.backend import Backend, BackendSettings, serve
from tests.long.load import Callers
from tests.runtime.conftest import Starter
from tests.runtime.faults import until
from tests.runtime.story import customer, product

pytestmark = [pytest.mark.postgres, pytest.mark.long]
SECONDS = float(os.environ.get("SOAK_SECONDS", "180"))
CALM = 15.0
WARM = 8.0
CALLERS = 8
POOL = 5
STOCK = 400
GROWTH = 48 * 1024  # kB

KILL = """
select count(pg_terminate_backend(pid)) from (
  select pid from pg_stat_activity where usename = 'shop_runtime' and datname = current_database() order by random() limit $1
) chosen
"""
SESSIONS = (
    "select count(*) from pg_stat_activity where usename = 'shop_runtime' and datname = current_database()"
)
LINES = 'select o.number, count(i.id) as lines from "order" o left join order_item i on i.order_id = o.id group by o.id, o.number'
TAKEN = """
select p.id, p.stock, coalesce(sum(i.quantity) filter (where o.placed_at is not null), 0) as taken
from product p left join order_item i on i.product_id = p.id left join "order" o on o.id = i.order_id
where p.id = any($1::uuid[]) group by p.id, p.stock
"""
UNAUDITED = """
select o.number, o.version, count(a.*) as audited
from "order" o left join app.audit_log a on a.table_name = 'order' and a.key ->> 'id' = o.id::text
group by o.id, o.number, o.version having count(a.*) <> o.version
"""
KEYS = "select key, count(*) as times from app.idempotency_key where key like 'key-%' group by key"
EVENTS = "select subject, count(*) as times from app.outbox where event = 'OrderPlaced' group by subject"


class Service:
    """The service, which can be stopped, killed and started again where it was."""

    def __init__(self, out: Path, settings: BackendSettings, log: Path) -> None:
        self._out, self._settings, self._log = out, settings, log
        self.backend = serve(out, settings, log)
        self.warm = 0

    async def restart(self, how: int) -> None:
        await asyncio.to_thread(self._end, how)
        self.backend = await asyncio.to_thread(serve, self._out, self._settings, self._log)

    def _end(self, how: int) -> None:
        if how == signal.SIGTERM:
            self.backend.stop()
            return
        killed = family(self.backend)
        for pid in reversed(killed):
            os.kill(pid, how)
        self.backend.process.wait(20)
        until(lambda: not any(Path(f"/proc/{pid}/fd").exists() for pid in killed))


def family(backend: Backend) -> list[int]:
    """The service's process and its workers."""
    parent = backend.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return [parent, *map(int, children)]


def resident(backend: Backend) -> int:
    """Memory of the service and its workers, in kB."""
    return sum(_resident(pid) for pid in family(backend))


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) for line in status if line.startswith("VmRSS")), 0)


def _quiet_port() -> int:
    """A port that the system gives to no caller: while the service is down, one who tries to reach it must not become it."""
    for port in range(20_000, 30_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    with ExitStack() as stack:
        yield Starter(tmp_path, stack)


def test_a_bad_time(starter: Starter, tmp_path: Path) -> None:
    environment = {**starter.settings.environment, "LIMITS_RATE": "0", "DATABASE_POOL_SIZE": str(POOL)}
    settings = replace(starter.settings, port=_quiet_port(), environment=environment)
    service = Service(starter.out, settings, tmp_path / "service.log")
    try:
        asyncio.run(_bad_time(starter, service, settings.admin_url))
    finally:
        service.backend.stop()
    assert asyncio.run(_rows(settings.admin_url, SESSIONS))[0]["count"] == 0


async def _bad_time(starter: Starter, service: Service, admin: str) -> None:
    manager = starter._client_of(service.backend)("acme.ann", "manager")
    bought = customer(manager)["id"]
    products = [product(manager, stock=STOCK)["id"] for _ in range(8)]
    callers = Callers(service.backend.url, dict(manager.headers), bought, products)
    await asyncio.gather(callers.run(SECONDS, CALLERS), _faults(admin), _restarts(service))
    await callers.run(CALM, CALLERS, calm=True)
    account = callers.account
    assert not account.wrong, "\n".join(account.wrong[:20])
    assert len(account.placed) > 20 and account.statuses[503], account.statuses
    assert resident(service.backend) - service.warm < GROWTH
    await _kept(admin, callers, products)
    await asyncio.to_thread(_replayed, manager, callers)


async def _faults(admin: str) -> None:
    """Kill a few sessions every second or so."""
    chance, loop = Random(7), asyncio.get_running_loop()
    end = loop.time() + SECONDS - 1
    connection = await asyncpg.connect(admin)
    while loop.time() < end:
        await asyncio.sleep(chance.uniform(0.3, 2.5))
        await connection.fetchval(KILL, chance.randint(1, POOL))
    await connection.close()


async def _restarts(service: Service) -> None:
    """Once with a word, once without."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        await asyncio.sleep(SECONDS / 3)
        await service.restart(how)
    await asyncio.sleep(WARM)
    service.warm = resident(service.backend)


async def _kept(admin: str, callers: Callers, products: list[str]) -> None:
    account = callers.account
    found = {row["number"]: row["lines"] for row in await _rows(admin, LINES)}
    assert all(found[number] == account.lines[number] for number in found if number in account.lines)
    assert set(account.created.values()) <= set(found), "an order that was confirmed is gone"
    for row in await _rows(admin, TAKEN, products):
        assert 0 <= row["stock"] == STOCK - row["taken"], dict(row)
    assert not (unaudited := await _rows(admin, UNAUDITED)), [dict(row) for row in unaudited[:5]]
    assert all(row["times"] == 1 for row in await _rows(admin, KEYS))
    events = {row["subject"]: row["times"] for row in await _rows(admin, EVENTS)}
    assert all(events[order] == 1 for order in account.placed) and set(events.values()) == {1}
    assert 0 < (await _rows(admin, SESSIONS))[0]["count"] <= POOL
    idle = await _rows(admin, "select 1 from pg_stat_activity where state like 'idle in transaction%'")
    assert not idle


def _replayed(client: httpx.Client, callers: Callers) -> None:
    """Every key gives the answer that it gave, and does nothing."""
    for order, (key, body) in list(callers.account.placed.items())[:200]:
        again = client.post(f"/v1/orders/{order}/place", json={}, headers={"Idempotency-Key": key})
        assert (again.status_code, again.content) == (200, body)


async def _rows(admin: str, sql: str, *arguments: Any) -> list[Any]:
    connection = await asyncpg.connect(admin)
    try:
        return list(await connection.fetch(sql, *arguments))
    finally:
        await connection.close()
