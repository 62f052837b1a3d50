"""Reading replicas: a real standby whose replay lags, pauses and ends, and no read that is older than its own write."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from bdc.stack.server import Server
from tests.drills.stage import (
    STARTER,
    Issuer,
    Service,
    built,
    execute,
    migrate,
    postgres,
    serve,
)
from tests.drills.standbys import standby_of

SHARE = 4.0
LAG = 3.0
SYSTEM = ("api.bds", 'resource Task at "/tasks" {', 'resource Task at "/tasks" @reads(replica) {')


async def replica(folder: Path, say: Callable[[str], None]) -> None:
    """Each caller reads what it has just written, by REST and by GraphQL, whatever the standby does; then who has answered is told."""
    out, issuer = built(_marked(folder / "specification"), folder / "out"), Issuer(folder / "jwks.json")
    with postgres(folder / "database", wal_level="replica", max_wal_senders="5") as server:
        await execute(server.superuser_url, "create database starter")
        admin = server.url("postgres", "starter")
        migrate(out, admin, "up", "--all", "--seed")
        await issuer.know(admin)
        with standby_of(server, folder / "database", folder / "standby") as standby:
            services = [
                serve(
                    out, server.url("starter_runtime", "starter"), issuer, folder / f"{name}.log",
                    DATABASE_REPLICA_URL=standby.url("starter_runtime", "starter"), DATABASE_REPLICA_LAG=str(LAG),
                )
                for name in ("one", "two")
            ]  # fmt: skip
            await _all(services, issuer, standby, say)


async def _all(services: list[Service], issuer: Issuer, standby: Server, say: Callable[[str], None]) -> None:
    readers = Readers(services, issuer)
    admin = standby.superuser_url
    await readers.go_on("the standby keeps up", say)
    assert readers.last["reads"] > 0, "the standby has answered"
    await execute(admin, "alter system set recovery_min_apply_delay = '500ms'", "select pg_reload_conf()")
    await asyncio.sleep(1)
    await readers.go_on("replay half a second behind", say)
    assert readers.last["own-write"] > 0, "own writes were read from the primary"
    await execute(admin, "select pg_wal_replay_pause()")
    await readers.go_on("replay paused", say)
    await asyncio.sleep(LAG)
    await readers.go_on(f"replay paused for more than {LAG:.0f} s", say)
    assert readers.last["lag"] > 0 and readers.last["reads"] == 0, (
        "a standby that is too far behind is not read"
    )
    await execute(
        admin,
        "alter system reset recovery_min_apply_delay",
        "select pg_reload_conf()",
        "select pg_wal_replay_resume()",
    )
    await asyncio.sleep(2)
    await readers.go_on("replay resumed", say)
    assert readers.last["reads"] > 0, "the standby answers again"
    ended = asyncio.create_task(asyncio.to_thread(standby.stop))
    await readers.go_on("the standby is gone", say)
    await ended
    assert not readers.failed and not readers.old, readers.numbers()
    say(f"no read older than its own write, none failed: {readers.numbers()}")


class Readers:
    """Callers that write and read at once what they have written. Half of them send `Last-Write` with reads to the other service; half
    send nothing, and stay with one service, which remembers them."""

    def __init__(self, services: list[Service], issuer: Issuer) -> None:
        self._services = services
        self._issuer = issuer
        self.old: list[str] = []
        self.failed: list[str] = []
        self.count = 0
        self.last: Counter[str] = Counter()

    async def go_on(self, what: str, say: Callable[[str], None]) -> None:
        """Write and read for a while, and say who answered."""
        before, count = await self._counted(), self.count
        until = time.monotonic() + SHARE
        await asyncio.gather(*(self._caller(until, number) for number in range(6)))
        after = await self._counted()
        self.last = Counter({name: after[name] - before[name] for name in after})
        others = {name: int(number) for name, number in self.last.items() if number and name != "reads"}
        say(
            f"{what}: {self.count - count} reads, {self.last['reads']:.0f} by the standby, by the primary {others}"
        )

    def numbers(self) -> str:
        """Return what was seen, as text."""
        return f"{self.count} reads, {len(self.old)} old {self.old[:3]}, {len(self.failed)} failed {self.failed[:3]}"

    async def _caller(self, until: float, number: int) -> None:
        headers = {"authorization": f"Bearer {self._issuer.token()}"}
        one, two = (
            httpx.AsyncClient(base_url=each.url, headers=headers, timeout=20) for each in self._services
        )
        async with one, two:
            while time.monotonic() < until:
                with suppress(_Failed):
                    await self._round(one, two if number % 2 else one, tells=bool(number % 2))

    async def _round(self, client: httpx.AsyncClient, other: httpx.AsyncClient, *, tells: bool) -> None:
        made = await self._sent(client, "POST", "/v1/tasks", json={"title": "first"})
        task, mark = made.json(), made.headers["last-write"]
        headers = {"last-write": mark} if tells else {}
        await self._read(other, f"/v1/tasks/{task['id']}", headers, "first")
        version = {"if-match": made.headers["etag"]}
        changed = await self._sent(
            client, "PATCH", f"/v1/tasks/{task['id']}", json={"title": "second"}, headers=version
        )
        headers = {"last-write": changed.headers["last-write"]} if tells else {}
        await self._read(other, f"/v1/tasks/{task['id']}", headers, "second")
        text = "query ($id: ID!) { task(id: $id) { title } }"
        body = {"query": text, "variables": {"id": task["id"]}}
        found = await self._sent(other, "POST", "/graphql", json=body, headers=headers)
        self._judge((found.json()["data"] or {}).get("task"), "second", "graphql")

    async def _read(self, client: httpx.AsyncClient, path: str, headers: dict[str, str], title: str) -> None:
        found = await client.get(path, headers=headers)
        if found.status_code not in (200, 404):
            self.failed.append(f"GET {found.status_code} {found.text[:100]}")
            raise _Failed
        self._judge(found.json() if found.status_code == 200 else None, title, path)

    def _judge(self, row: Any, title: str, what: str) -> None:
        self.count += 1
        if row is None or row["title"] != title:
            self.old.append(f"{what}: {row}")

    async def _sent(self, client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
        found = await client.request(method, path, **more)
        if found.status_code >= 400 or "errors" in found.json():
            self.failed.append(f"{method} {found.status_code} {found.text[:100]}")
            raise _Failed
        return found

    async def _counted(self) -> Counter[str]:
        found: Counter[str] = Counter()
        async with httpx.AsyncClient() as client:
            for service in self._services:
                text = (await client.get(f"{service.url}/metrics")).text
                for family in text_string_to_metric_families(text):
                    for sample in family.samples:
                        if sample.name in ("db_replica_reads_total", "db_replica_fallbacks_total"):
                            found[sample.labels.get("reason", "reads")] += sample.value
        return found


class _Failed(Exception):
    """A request failed; it has been noted."""


def _marked(folder: Path) -> Path:
    """Return the starter, whose tasks may be read on replicas."""
    shutil.copytree(STARTER, folder)
    name, old, new = SYSTEM
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder
