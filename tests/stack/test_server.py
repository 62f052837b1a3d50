"""The embedded server: it starts, it keeps what it should keep, and it does not outlive the one who started it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import asyncpg
import pytest
from tests.support.postgres import Database, Databases, Template, run

from bdc.stack import StackError, start
from bdc_emitters.tests import SERVER_MODULES

pytestmark = pytest.mark.postgres


async def _fetchval(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def test_superuser_needs_the_password(database: Database) -> None:
    assert str(run(_fetchval(database.superuser_url, "show server_version"))).startswith("18.")
    with pytest.raises(asyncpg.PostgresError):
        run(_fetchval(f"postgresql://postgres@127.0.0.1:{database.server.port}/postgres", "select 1"))


def test_data_directory_survives_a_stop(durable_dir: Path) -> None:
    with start(durable_dir) as server:
        run(Database(server, "postgres").execute("create table kept (a int); insert into kept values (7)"))
        with pytest.raises(StackError, match="already running"):
            start(durable_dir)
    with start(durable_dir) as server:
        assert run(_fetchval(server.superuser_url, "select a from kept")) == 7


def test_lock_of_another_process_is_no_obstacle(durable_dir: Path) -> None:
    start(durable_dir).stop()
    (durable_dir / "postmaster.pid").write_text(f"{os.getppid()}\n{durable_dir}\n")
    with start(durable_dir) as server:
        assert run(_fetchval(server.superuser_url, "select 1")) == 1


def test_last_words_of_an_earlier_server_are_not_taken_for_this_one_s(durable_dir: Path) -> None:
    start(durable_dir).stop()
    with (durable_dir / "server.log").open("a", encoding="utf-8") as log:
        log.write("FATAL:  terminating connection due to administrator command\n")
    with start(durable_dir) as server:
        assert run(_fetchval(server.superuser_url, "select 1")) == 1


def test_server_dies_with_a_killed_parent(durable_dir: Path) -> None:
    program = f"from pathlib import Path; from bdc.stack import start; s = start(Path({str(durable_dir)!r})); print('up', flush=True); input()"
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    postmaster = int((durable_dir / "postmaster.pid").read_text().splitlines()[0])
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{postmaster}").exists() or (durable_dir / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.02)


def test_temporary_data_is_removed() -> None:
    server = start()
    server.stop()
    server.stop()
    assert not server.data_dir.exists()


def test_copies_of_a_template_are_independent(databases: Databases) -> None:
    async def build(url: str) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("create table t (a int)")
        await connection.close()

    template = Template("independent", build)
    first, second = databases.fresh(template), databases.fresh(template)
    run(first.execute("insert into t values (1)"))
    assert run(second.fetch("select * from t")) == []


@pytest.fixture
def durable_dir() -> Iterator[Path]:
    """A folder that an unprivileged user can reach (pytest's own is closed to others)."""
    with tempfile.TemporaryDirectory(prefix="bdc-test-postgres-") as folder:
        yield Path(folder)


def test_what_the_emitted_tests_copy_is_whole() -> None:
    """The modules of the server that each backend carries name no other module of the compiler."""
    for module in SERVER_MODULES:
        text = files("bdc.stack").joinpath(f"{module}.py").read_text(encoding="utf-8")
        assert set(re.findall(r"^from (bdc[\w.]*)", text, re.MULTILINE)) <= {
            f"bdc.stack.{each}" for each in SERVER_MODULES
        }
