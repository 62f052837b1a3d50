"""Materialized views by the clock: what the emitted command, its cron jobs and `bdc up` do is tried as the role that does it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import pytest

from bdc.query.refreshed import refreshed_views
from bdc.stack import start
from bdc.stack.backend import BackendSettings, keep_fresh, migrate
from bdc.stack.keys import development_keys
from bdc.stack.up import UpOptions, service_settings
from tests.support.emitted import build, compiled

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
SPEC = Path(__file__).parents[1] / "systems" / "theatre"


@dataclass(frozen=True)
class Theatre:
    """`settings` log in as the role that migrates, which owns what the system has and is no superuser."""

    out: Path
    admin: str
    settings: BackendSettings

    async def refresh(self, *views: str) -> tuple[int, str]:
        environment = {**os.environ, "MIGRATION_DATABASE_URL": self.settings.admin_url, "PYTHONPATH": "."}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "database.refresh", *views),
            cwd=self.out,
            env=environment,
            stderr=subprocess.PIPE,
        )
        _, told = await process.communicate()
        return process.returncode or 0, told.decode().strip()

    async def run(self, statement: str) -> "list[asyncpg.Record]":
        connection = await asyncpg.connect(self.admin)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    async def hall(self, number: int) -> None:
        await self.run(f"insert into hall (id, name) values ({number}, 'New')")

    async def shows(self, number: int) -> bool:
        return any(row["hall"] == number for row in await self.run("select hall from busy"))


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    folder = tmp_path_factory.mktemp("refreshed")
    out = build(SPEC, folder / "out")
    with start() as server:
        settings = service_settings(
            compiled(SPEC)[1], server.superuser_url, development_keys(folder / "keys"), UpOptions()
        )
        migrate(out, settings, seed=False)
        as_owner = settings.runtime_url.replace("theatre_runtime@", "theatre_migrator@")
        yield Theatre(out, settings.admin_url, replace(settings, admin_url=as_owner))


async def test_a_view_is_refreshed_by_a_member_of_its_owner_beside_a_reader(theatre: Theatre) -> None:
    await theatre.hall(1)
    assert not await theatre.shows(1)
    async with _reading(theatre):
        assert await theatre.refresh("busy") == (0, "")
    assert await theatre.shows(1)


async def test_what_cannot_be_refreshed_is_one_message(theatre: Theatre) -> None:
    assert await theatre.refresh("bussy") == (1, 'error: relation "bussy" does not exist')
    assert (await theatre.refresh("busy=60", "busy"))[0] == 2


async def test_it_is_refreshed_again_and_again_until_stopped(theatre: Theatre, tmp_path: Path) -> None:
    log = tmp_path / "refresh.log"
    assert [(view.sql, view.seconds) for view in refreshed_views(compiled(SPEC)[1])] == [("busy", 60)]
    with keep_fresh(theatre.out, theatre.settings, {"busy": 1}, log) as child:
        for number in (2, 3):
            await theatre.hall(number)
            await _until(lambda number=number: theatre.shows(number))
        await theatre.run("alter materialized view busy rename to gone")
        await _until(lambda: _told(log))
        await theatre.run("alter materialized view gone rename to busy")
        await theatre.hall(4)
        await _until(lambda: theatre.shows(4))
    assert child.process.poll() is not None


async def _told(log: Path) -> bool:
    return "error: busy: relation" in log.read_text(encoding="utf-8")


@asynccontextmanager
async def _reading(theatre: Theatre) -> AsyncIterator[None]:
    """Hold a transaction that has read the view, and read on from another session: neither waits, nor is waited for."""
    held = await asyncpg.connect(theatre.admin)
    waited: list[float] = []
    async with held.transaction():
        await held.fetch("select * from busy")
        probe = asyncio.create_task(_probe(theatre.admin, waited))
        try:
            yield
        finally:
            probe.cancel()
    await held.close()
    assert len(waited) > 5 and max(waited) < 1


async def _probe(url: str, waited: list[float]) -> None:
    connection = await asyncpg.connect(url)
    try:
        while True:
            begun = time.perf_counter()
            await connection.fetch("select count(*) from busy")
            waited.append(time.perf_counter() - begun)
            await asyncio.sleep(0.01)
    finally:
        connection.terminate()


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + 20
    while not await holds():
        assert time.monotonic() < deadline, "nothing happened"
        await asyncio.sleep(0.05)
