"""`bdc migrate` on a small system whose specification has grown a field: forth, back, and judged."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner

from bdc.catalog import dump, state_hash
from bdc.cli import exits
from bdc.cli.main import cli
from bdc.evolution import read_history
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.stack import Server
from bdc.stack.loading import run
from tests.postgres.edges import index, operation, write_edge
from tests.support.emitted import build, compiled

pytestmark = pytest.mark.postgres
NEXT = "20260101T000000_effort"
COLUMN = operation(
    "01-column",
    "alter table task add column effort integer",
    undo=["alter table task drop column effort"],
    locks={"public.task": "ACCESS EXCLUSIVE"},
)
RIGHTS = operation(
    "02-rights",
    "grant update (effort) on task to garden_runtime, garden_service",
    "grant select (effort) on task to garden_readonly",
)
INDEX = index("ix_task_team_id_effort", "task", "team_id, effort")


def grow(folder: Path, *operations: dict[str, Any]) -> Path:
    """Make a system, build it, and give its tasks a field: by `operations`, and in the specification. Return the backend."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert CliRunner().invoke(cli, ["new", "garden"]).exit_code == exits.OK
    spec, out = folder / "garden", folder / "out"
    build(spec, out)
    compiled.cache_clear()
    file, grown = spec / "garden.bds", "  done_at: timestamp?\n  effort: int?\n  index (team, effort)\n"
    text = file.read_text(encoding="utf-8").replace("  done_at: timestamp?\n", grown)
    file.write_text(text, encoding="utf-8")
    _, system = compiled(spec)
    target = physical_state(system, compile_queries(system))
    own = {"role": "garden_owner", "search_path": "public, pg_temp", "to": state_hash(target)}
    write_edge(out / "database/migrations", NEXT, read_history(out)[-1].target, operations, **own)
    place = out / "database/migrations" / NEXT
    (place / "state.json").write_text(dump(target), encoding="utf-8")
    (place / "snapshot.json").write_text(system.model_dump_json(), encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("migrated"), COLUMN, RIGHTS, INDEX)


@pytest.fixture
def url(postgres_server: Server) -> Iterator[str]:
    """An empty database."""
    run(_execute(postgres_server.superuser_url, "create database garden_cli"))
    yield postgres_server.url("postgres", "garden_cli")
    run(_execute(postgres_server.superuser_url, "drop database garden_cli with (force)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def bdc(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own: what the runner says goes to the terminal."""
    command = [sys.executable, "-m", "bdc.cli", "migrate", *(str(each) for each in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_forth_and_back(garden: Path, url: str) -> None:
    first = bdc("up", garden, "--db", url, "--all", "--seed")
    assert first.stdout.splitlines()[:2] == [
        "applied 0001_initial/01_expand.sql",
        f"applied {NEXT}/01-column",
    ]
    assert bdc("status", garden, "--db", url).stdout == f"0001_initial: applied\n{NEXT}: applied\n"
    assert bdc("up", garden, "--db", url).stdout == "up to date\n"
    status = json.loads(bdc("status", garden, "--db", url, "--json").stdout)
    assert status["migrations"] == [{"name": name, "state": "applied"} for name in ("0001_initial", NEXT)]
    assert f"took back {NEXT}/01-column" in bdc("down", garden, "--db", url).stdout
    told = bdc("plan", garden, "--db", url).stdout
    assert "    01-column: 01-column\n      locks public.task (ACCESS EXCLUSIVE)\n" in told
    assert bdc("up", garden, "--db", url).returncode == exits.OK


def test_existing_database_is_taken_over(garden: Path, url: str) -> None:
    bdc("up", garden, "--db", url, "--all")
    run(_execute(url, "drop table app.migration_operation; truncate app.migration"))
    assert bdc("baseline", garden, "--db", url, "--at", NEXT).stdout == f"at {NEXT}\n"
    assert bdc("up", garden, "--db", url).stdout == "up to date\n"


def test_verified_forth_and_back(garden: Path) -> None:
    judged = bdc("verify", garden, "--all")
    assert judged.returncode == exits.OK, judged.stdout + judged.stderr
    questions = (
        "it runs",
        "old → new is nothing → new",
        "down returns to old",
        "it locks what the plan says",
        "squawk finds nothing undeclared",
    )
    assert [f"✓ {NEXT}: {question}\n" in judged.stdout for question in questions] == [True] * 5


def test_verification_finds_what_is_wrong(tmp_path: Path) -> None:
    """No rights are given, the index comes back under another name, and a lock is not foreseen."""
    undo = ["drop index concurrently ix_task_team_id_effort", "create index ix_left on task (title)"]
    rewritten = "alter table task alter effort type bigint"
    out = grow(tmp_path, COLUMN | {"locks": {}}, operation("02-type", rewritten), INDEX | {"undo": undo})
    judged = bdc("verify", out)
    assert judged.returncode == exits.SPEC and "error[E923]: verification failed: 3" in judged.stderr
    for finding in (
        "table task, right update (effort) to garden_runtime: only in the old database",
        "table task, index ix_left: only in the new database",
        "02-type writes all of public.task while writers wait; the plan says nothing",
        "01-column locks public.task in ACCESS EXCLUSIVE; the plan says nothing",
    ):
        assert finding in judged.stdout


def test_what_fails_is_data_too(garden: Path) -> None:
    """A port on which nothing listens."""
    failed = bdc("status", garden, "--db", "postgresql://none@127.0.0.1:1/none", "--json")
    told = json.loads(failed.stdout)
    assert (failed.returncode, told["succeeded"]) == (exits.OUTSIDE, False)
    assert told["error"] and "migrations" not in told


def test_nothing_there(tmp_path: Path, garden: Path) -> None:
    nowhere = bdc("status", tmp_path)
    assert (nowhere.returncode, "error[E920]" in nowhere.stderr) == (exits.USAGE, True)
    unnamed = bdc("status", garden)
    assert (unnamed.returncode, "error[E921]: no database is named" in unnamed.stderr) == (
        exits.OUTSIDE,
        True,
    )
