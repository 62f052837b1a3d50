"""The next migration as a user meets it: change the specification, plan, build, run; and what is refused on the way."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from bdc.catalog import Database as Catalog
from bdc.catalog.differences import differences
from bdc.catalog.live.reader import read_database
from bdc.cli import exits
from bdc.cli.compile import compile_spec
from bdc.cli.main import cli
from bdc.cli.migration import next_name, write_next
from bdc.ddl.names import Name
from tests.support.postgres import Database, Databases, run

Bdc = Callable[..., Result]
SPEC = Path("small/small.bds")
LEDGER = Name("migration_operation", "app")  # the runner makes it for its first edge
BUILD = ("build", "small", "--out", "out", "--target", "postgres")


@pytest.fixture
def bdc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bdc:
    """Run `bdc` in a folder that holds a new system and its first build."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Result:
        result = CliRunner().invoke(cli, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    call("new", "small")
    assert call(*BUILD).exit_code == exits.OK
    return call


def edit(old: str, new: str) -> None:
    text = SPEC.read_text(encoding="utf-8")
    assert old in text
    SPEC.write_text(text.replace(old, new), encoding="utf-8")


def plan_next(name: str) -> str | None:
    project, system, found = compile_spec(Path("small"))
    assert system is not None, found
    return write_next(project, system, Path("out"), name)


def migrate(database: Database, *arguments: str, out: str = "out", user: str | None = None) -> str:
    """Run the runner of the backend in `out`; return what it said."""
    url = database.url(user) if user else database.superuser_url
    environment = {**os.environ, "PYTHONPATH": ".", "MIGRATION_DATABASE_URL": url}
    command = [sys.executable, "-m", "database.migrate", *arguments]
    done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def catalog(database: Database) -> Catalog:
    async def read() -> Catalog:
        connection = await asyncpg.connect(database.superuser_url)
        try:
            found = await read_database(connection, ("public", "app"))
        finally:
            await connection.close()
        kept = tuple(table for table in found.tables if table.name != LEDGER)
        return found.model_copy(update={"tables": kept})

    return run(read())


def test_a_changed_specification_is_planned_built_and_run(
    bdc: Bdc, database: Database, databases: Databases
) -> None:
    migrate(database, "up")
    run(database.execute("insert into team (name) values ('first')"))
    edit("  title: string(1..200)", "  /// What is left to do.\n  remark: text?\n  title: string(1..200)")
    refused = bdc(*BUILD)
    assert (refused.exit_code, "E913" in refused.stderr) == (exits.CONFLICT, True)

    planned = bdc("diff", "out", "small", "--write", "--name", "A remark")
    assert planned.exit_code == exits.OK, planned.output
    name = planned.stderr.strip().rpartition("/")[2]
    assert name.endswith("_a_remark") and Path("out/database/migrations", name, "edge.json").is_file()
    assert "the schema is the same" in bdc("diff", "out", "small", "--write").stderr
    assert bdc(*BUILD).exit_code == exits.OK

    assert name in migrate(database, "up", "--all")
    assert run(database.fetch("select remark from task")) == []
    assert len(run(database.fetch("select from team"))) == 1
    assert "up to date" in migrate(database, "up", "--all")

    assert bdc("build", "small", "--out", "anew", "--target", "postgres").exit_code == exits.OK
    fresh = databases.fresh()
    migrate(fresh, "up", out="anew")
    assert differences(catalog(fresh), catalog(database)) == ()


def test_a_refusal_says_where_and_writes_nothing(bdc: Bdc, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(path for path in Path("out").rglob("*"))
    edit("  done_at: timestamp?", "  ended_at: timestamp?")
    with pytest.raises(SystemExit) as ended:
        plan_next("refused")
    assert ended.value.code == exits.SPEC
    said = capsys.readouterr().err
    assert all(word in said for word in ("error[E50", "small.bds:27", "dropped done_at")), said
    assert sorted(path for path in Path("out").rglob("*")) == before


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("20260102T030404_before", "20260102T030405_a_name"),
        ("20260102T030405_zebra", "20260102T030406_a_name"),
        ("20260102T035959_a_clock_ahead", "20260102T040000_a_name"),
        ("0001_initial", "20260102T030405_a_name"),
    ],
)
def test_the_next_is_called_later_than_the_last(last: str, expected: str) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)
    assert next_name(["0001_initial", "notes", last], "A name!", now) == expected
    assert expected > last
