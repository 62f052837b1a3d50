"""The migration program, or the server under it, killed (SIGKILL) at every statement, in the middle of an index and in the middle of a
backfill: what the next run comes to is what one undisturbed run comes to."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bdc.catalog.differences import differences
from bdc.catalog.live.reader import read_database
from bdc.stack import Server, start
from bdc.stack.server import kill_group
from tests.postgres.edges import backfill, index, operation, write_edge
from tests.postgres.people import ROWS, nick, write_people

pytestmark = [pytest.mark.long, pytest.mark.postgres]

# Runs the command line, and kills itself at its n-th statement: before it, or after it and before the answer is seen.
SUICIDE = """
import os, signal, sys
import asyncpg
moment, now, execute = int(os.environ["MOMENT"]), 0, asyncpg.Connection.execute
async def counted(connection, *arguments, **options):
    global now
    now += 2
    if moment == now - 1: os.kill(os.getpid(), signal.SIGKILL)
    answer = await execute(connection, *arguments, **options)
    if moment == now: os.kill(os.getpid(), signal.SIGKILL)
    return answer
asyncpg.Connection.execute = counted
from database.engine.command_line import main
sys.argv = ["migrate", "up", "--all"]
main()
print("moments", now)
"""
SLOW = """
create function slow(text) returns text immutable language plpgsql as 'begin perform pg_sleep(0.001); return $1; end'
"""


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """A folder with `database/`: the runner and two migrations."""
    shutil.copytree(files("bdc_emitters.postgres").joinpath("runtime", "database"), tmp_path / "database")  # type: ignore[arg-type]
    write_people(tmp_path / "database")
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with start() as found:
        yield found


def begin(backend: Path, url: str, *code: str, moment: int = 0) -> "subprocess.Popen[str]":
    environment = {**os.environ, "MIGRATION_DATABASE_URL": url, "MOMENT": str(moment)}
    command = [sys.executable, *(code or ("-m", "database.migrate", "up", "--all"))]
    return subprocess.Popen(
        command, cwd=backend, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finish(running: "subprocess.Popen[str]") -> str:
    out, complaints = running.communicate(timeout=120)
    assert running.returncode == 0, complaints
    return out


def ask(url: str, sql: str) -> Any:
    async def value() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(value())


def outcome(url: str) -> tuple[Any, Any]:
    """Return the schema and the rows."""

    async def read() -> tuple[Any, Any]:
        connection = await asyncpg.connect(url)
        try:
            rows = await connection.fetch("select * from person order by id")
            return await read_database(connection), [tuple(row) for row in rows]
        finally:
            await connection.close()

    return asyncio.run(read())


def fresh(server: Server, name: str) -> str:
    async def create() -> None:
        connection = await asyncpg.connect(server.superuser_url)
        await connection.execute(f"create database {name} template template0")
        await connection.close()

    asyncio.run(create())
    return server.url("postgres", name)


def assert_same(found: tuple[Any, Any], wanted: tuple[Any, Any], moment: object) -> None:
    assert differences(wanted[0], found[0]) == (), moment
    assert found[1] == wanted[1], moment


def test_program_killed_at_every_statement(backend: Path, server: Server) -> None:
    write_edge(backend / "database/migrations", "0002", "state-0001", nick())
    whole = fresh(server, "whole")
    moments = int(finish(begin(backend, whole, "-c", SUICIDE)).split()[-1])
    wanted = outcome(whole)
    for moment in range(1, moments + 1):
        url = fresh(server, f"broken_{moment}")
        killed = begin(backend, url, "-c", SUICIDE, moment=moment)
        killed.communicate()
        # Slow batches are smaller and so more: the last moments may not be reached.
        assert killed.returncode == -9 or moment > moments - 40
        finish(begin(backend, url))
        assert_same(outcome(url), wanted, moment)


def slow_edge(backend: Path) -> None:
    """Two seconds of a backfill and five of an index, on a table with other people's work."""
    write_edge(
        backend / "database/migrations",
        "0002",
        "state-0001",
        [
            operation("01-slow", SLOW),
            operation("02-column", "alter table person add nick text"),
            index("person_slow", "person", "slow(name)"),
            backfill("04-fill", "person", [("id", "bigint")], {"nick": "slow(name)"}, "nick is null"),
        ],
    )


BUILDING = "select exists (select from pg_stat_progress_create_index where blocks_done > 0 or tuples_done > 0 or phase ~ 'building')"
FILLING = "select coalesce((select last_key is not null from app.migration_operation where operation = '04-fill'), false)"


def wait_for(url: str, question: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if ask(url, question):
                return
        except asyncpg.UndefinedTableError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"it never came to {question}")


@pytest.mark.parametrize("question", [BUILDING, FILLING], ids=["index", "backfill"])
@pytest.mark.parametrize("victim", ["program", "server"])
def test_killed_in_the_middle(backend: Path, victim: str, question: str) -> None:
    slow_edge(backend)
    server = start()
    try:
        whole, url = fresh(server, "whole"), fresh(server, "broken")
        finish(begin(backend, whole))
        wanted = outcome(whole)
        running = begin(backend, url)
        wait_for(url, question)
        if victim == "program":
            running.kill()
        else:
            kill_group(server.pid)
        _, complaints = running.communicate(timeout=60)
        assert running.returncode in (-9, 1), complaints
        if victim == "server":
            place = server.data_dir
            server = start(place, durable=False)
            url = server.url("postgres", "broken")
        assert not ask(
            url, "select exists (select from app.migration where migration = '0002' and file like '02%')"
        )
        finish(begin(backend, url))
        assert_same(outcome(url), wanted, victim)
        assert len(wanted[1]) == ROWS
    finally:
        server.stop()
        shutil.rmtree(server.data_dir, ignore_errors=True)
