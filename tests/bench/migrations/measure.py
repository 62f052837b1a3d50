"""A million rows, a change, and who waited how long."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bdc.catalog import create
from bdc.ddl.printer import print_script
from bdc.stack import Server
from tests.bench.migrations.changes import BACKFILLED, FILL, START, Change
from tests.bench.migrations.forms import Refused, by_alembic, by_hand, by_plan
from tests.bench.peers import ROOT

_STEP = """
select sum(extract(epoch from finished_at - started_at))::float8 from app.migration_operation where rows_done > 0
"""


@dataclass(frozen=True)
class Waits:
    """Milliseconds. `seconds`: how long the change took, start of a process included; `operations`: how many there were; `failed`: how
    many requests of reader and writer failed; `why`: there is nothing to show, for that reason."""

    reader: float = 0.0
    writer: float = 0.0
    p99: float = 0.0
    seconds: float = 0.0
    operations: int = 0
    failed: int = 0
    why: str = ""

    @property
    def longest(self) -> float:
        return max(self.reader, self.writer)


@dataclass
class Stage:
    """A server with a filled database to copy."""

    server: Server
    rows: int
    count: int = 0

    def fill(self) -> None:
        self._admin(f'create database "start_{self.rows}" template template0')
        asyncio.run(_make(self.url(f"start_{self.rows}"), [print_script(create(START))]))
        asyncio.run(_make(self.url(f"start_{self.rows}"), [sql.format(rows=self.rows) for sql in FILL]))

    def url(self, name: str) -> str:
        return self.server.url("postgres", name)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a copy."""
        self.count += 1
        name = f"copy_{self.rows}_{self.count}"
        self._admin(f'create database "{name}" template "start_{self.rows}" strategy file_copy')
        try:
            yield self.url(name)
        finally:
            self._admin(f'drop database "{name}" with (force)')

    @contextmanager
    def target(self, change: Change) -> Iterator[str]:
        """Yield the URL of an empty database in the new state."""
        self._admin('create database "target" template template0')
        try:
            asyncio.run(_make(self.url("target"), [print_script(create(change.new))]))
            yield self.url("target")
        finally:
            self._admin('drop database "target" with (force)')

    def _admin(self, sql: str) -> None:
        asyncio.run(_make(self.server.superuser_url, [sql]))

    def plan(self, change: Change) -> Waits:
        with self.copy() as url, tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
            return self.watch(url, lambda: by_plan(change, url, Path(scratch)))

    def hand(self, change: Change) -> Waits:
        with self.copy() as url:
            return self.watch(url, lambda: by_hand(change, url))

    def alembic(self, change: Change) -> Waits:
        with self.copy() as url, self.target(change) as target:
            return self.watch(url, lambda: by_alembic(url, target))

    def idle(self, seconds: float) -> Waits:
        """Nothing is changed: what reader and writer wait for each other and for this machine."""
        with self.copy() as url:
            return self.watch(url, lambda: time.sleep(seconds))

    def backfill(self) -> tuple[float, Waits]:
        """Return rows per second of the backfill alone, and who waited meanwhile."""
        with self.copy() as url, tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
            waits = self.watch(url, lambda: by_plan(BACKFILLED, url, Path(scratch)))
            taken = asyncio.run(_ask(url, _STEP))
            return self.rows / taken, waits

    def watch(self, url: str, work: Callable[[], int | None]) -> Waits:
        """Run `work` while reader and writer come by."""
        command = [sys.executable, "-m", "tests.bench.migrations.prober", url, str(self.rows)]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as prober:
            assert prober.stdin is not None and prober.stdout is not None
            prober.stdout.readline()
            time.sleep(0.3)
            begun, operations, why = time.perf_counter(), 0, ""
            try:
                operations = work() or 0
            except Refused as refused:
                why = str(refused)
            seconds = time.perf_counter() - begun
            time.sleep(0.2)
            prober.stdin.close()
            found = json.loads(prober.stdout.read())
        reader, writer = found["reader"], found["writer"]
        failed = int(reader["failed"] + writer["failed"])
        p99 = max(reader["p99"], writer["p99"])
        return Waits(reader["longest"], writer["longest"], p99, seconds, operations, failed, why)


async def _make(url: str, scripts: list[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for script in scripts:
            await connection.execute(script, timeout=600)
    finally:
        await connection.close()


async def _ask(url: str, sql: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        return float(await connection.fetchval(sql))
    finally:
        await connection.close()
