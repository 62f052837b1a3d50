"""Random pairs of specifications as a user meets them: built, migrated, filled, changed, planned, built and migrated again by the emitted
runner, as the role that owns the tables, and back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.catalog import differences
from bdc.cli import exits
from bdc.cli.main import cli
from tests.evolution.rows import fill
from tests.evolution.texts.model import text
from tests.evolution.texts.pairs import random_texts, written
from tests.migrations.test_next import catalog
from tests.support.postgres import Database, Databases, run

pytestmark = pytest.mark.postgres
FEW, MANY = range(5000, 5001), range(5001, 5060)
ROWS = 20
TABLES = "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'public' order by 1"


@pytest.mark.parametrize("seed", [*FEW, *(pytest.param(seed, marks=pytest.mark.long) for seed in MANY)])
def test_a_pair_goes_there_and_back(
    seed: int, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nothing of it is done, and the reason is said."""
    monkeypatch.chdir(tmp_path)
    old, new, _ = written(random_texts(seed))
    database, fresh = databases.fresh(), databases.fresh()
    _built(text(old), "out")
    _migrated(database, "out", "up")
    run(database.execute("alter role evolution_migrator login"))  # another test may have made it
    start = catalog(database)
    for statement in fill(start, ROWS):
        if "into app." not in statement:
            run(database.execute(f"set session_replication_role = replica; {statement}"))
    rows = _counts(database)
    if not _planned(text(new)):
        return
    done = _migrate(database, "out", "up", "--all", user="evolution_migrator")
    if done.returncode != 0:
        assert "the data does not allow" in done.stderr
        assert (differences(start, catalog(database)), _counts(database)) == ((), rows)
        return
    _built(text(new), "anew")
    _migrated(fresh, "anew", "up")
    assert differences(catalog(fresh), catalog(database)) == ()
    assert "up to date" in _migrate(database, "out", "up", "--all", user="evolution_migrator").stdout
    back = _migrate(database, "out", "down", user="evolution_migrator")
    if back.returncode != 0:
        assert "cannot be rolled back, and nothing was changed" in back.stderr
        return
    assert (differences(start, catalog(database)), _counts(database)) == ((), rows)


def _built(written_text: str, out: str) -> None:
    Path("world").mkdir(exist_ok=True)
    Path("world/world.bds").write_text(written_text, encoding="utf-8")
    made = CliRunner().invoke(cli, ["build", "world", "--out", out, "--target", "postgres"])
    assert made.exit_code == exits.OK, made.output


def _planned(written_text: str) -> bool:
    """Whether there is a next migration, which is then written and built; if not, it was refused, or the database stays as it is."""
    Path("world/world.bds").write_text(written_text, encoding="utf-8")
    planned = CliRunner().invoke(cli, ["diff", "out", "world", "--write", "--fail-on", "none"])
    if planned.exit_code == exits.SPEC:
        assert "error[E50" in planned.stderr
        return False
    assert planned.exit_code == exits.OK, planned.output
    _built(written_text, "out")
    return "the schema is the same" not in planned.stderr


def _migrated(database: Database, out: str, *arguments: str) -> None:
    done = _migrate(database, out, *arguments)
    assert done.returncode == 0, done.stderr


def _migrate(
    database: Database, out: str, *arguments: str, user: str = "postgres"
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": ".", "MIGRATION_DATABASE_URL": database.url(user)}
    command = [sys.executable, "-m", "database.migrate", *arguments]
    return subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, check=False)


def _counts(database: Database) -> dict[str, int]:
    return {
        table: run(database.fetch(f"select count(*) from {table}"))[0][0]
        for (table,) in run(database.fetch(TABLES))
    }
