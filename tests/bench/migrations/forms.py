"""The three ways a change is made: bdc's plan by the runner that every backend carries, the plain statement, Alembic."""

import asyncio
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import asyncpg

from bdc.catalog import Database, state_hash
from bdc.plan import Edge, migration_files, plan
from tests.bench.migrations.changes import START, Change
from tests.support.tools import tool

RUNTIME = Path(str(files("bdc_emitters.postgres"))) / "runtime"
_MIGRATE = "import asyncio, pathlib, sys; from database.migrate import migrate; asyncio.run(migrate(sys.argv[1], extent='all', folder=pathlib.Path(sys.argv[2])))"


class Refused(Exception):
    """The plan says why it does not do it."""


def by_plan(change: Change, url: str, scratch: Path) -> int:
    """Write the edge and let the runner walk it, expand to contract; return the number of operations."""
    planned = plan(START, change.new, change.hints)
    if planned.refusals:
        raise Refused(planned.refusals[0].message)
    edge = Edge(None, state_hash(change.new), planned.operations)
    write_edge(scratch, edge, change.new)
    environment = {**os.environ, "PYTHONPATH": str(RUNTIME)}
    command = [sys.executable, "-c", _MIGRATE, url, str(scratch)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(done.stderr.strip().rpartition("\n")[2])
    return len(planned.operations)


def write_edge(scratch: Path, edge: Edge, target: Database) -> None:
    """Write the folder that a runner reads: one migration, and a release without functions."""
    folder = scratch / "migrations" / "20260101T000000_change"
    folder.mkdir(parents=True)
    (scratch / "release").mkdir()
    (scratch / "release" / "api.sql").write_text("-- release: api_bench bench\ncreate schema api_bench;\n")
    for name, content in migration_files(edge, target, "{}\n").items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def by_hand(change: Change, url: str) -> int:
    """Run the plain statement, in one transaction."""
    asyncio.run(_execute(url, change.naive))
    return change.naive.count(";") + 1


def by_alembic(url: str, target: str) -> int | None:
    """Let Alembic find and run what it finds; return how much that was. None when it is not installed."""
    python = tool("alembic")
    if python is None:
        return None
    script = Path(__file__).with_name("alembic_side.py")
    done = subprocess.run([python, script, url, target], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(done.stderr.strip().rpartition("\n")[2])
    return int(done.stdout)


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
