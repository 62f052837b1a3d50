"""Rows that stand in the way are counted by a migrator who is no superuser, under row level security that holds him too."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.migrations.test_next import BUILD, Bdc, bdc, edit, migrate, plan_next
from tests.support.postgres import Database, run

__all__ = ["bdc"]


FORCED = "select relforcerowsecurity from pg_class where oid = 'team'::regclass"
# Killed while it counts: forced row level security is let go at that moment.
KILLED = """
import os, signal, sys
import database.engine.checks
database.engine.checks.check_data = lambda *arguments: os.kill(os.getpid(), signal.SIGKILL)
from database.engine.command_line import main
sys.argv = ["migrate", "up"]
main()
"""


def forced(database: Database) -> bool:
    return bool(run(database.fetch(FORCED))[0][0])


def test_hidden_rows_are_counted(bdc: Bdc, database: Database) -> None:
    migrate(database, "up")
    run(database.execute("insert into team (id, name) values (uuidv7(), 'one'), (uuidv7(), 'one')"))
    edit("  name: string(1..80)\n}", "  name: string(1..80) @unique\n}")
    assert plan_next("unique names") is not None
    bdc(*BUILD)
    with pytest.raises(AssertionError, match=r"E506 team.*1 row"):
        migrate(database, "up", user="small_migrator")
    assert forced(database)


def test_a_run_killed_while_it_counts_is_put_right(bdc: Bdc, database: Database) -> None:
    migrate(database, "up")
    edit("  name: string(1..80)\n}", "  name: string(1..80) @unique\n}")
    assert plan_next("unique names") is not None
    bdc(*BUILD)
    environment = {
        **os.environ,
        "PYTHONPATH": ".",
        "MIGRATION_DATABASE_URL": database.url("small_migrator"),
    }
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd="out", env=environment, check=False)
    assert (killed.returncode, forced(database)) == (-signal.SIGKILL, False)
    migrate(database, "up", user="small_migrator")
    assert forced(database)
    assert "up to date" in migrate(database, "up", user="small_migrator")


def test_a_filling_that_fails_for_rows_is_found_before(bdc: Bdc, database: Database) -> None:
    migrate(database, "up")
    run(database.execute("insert into team (id, name) values (uuidv7(), 'one')"))
    part = "  part: decimal(9, 2) @unique @backfill(1 / (length(name) - 3))\n}"
    edit("  name: string(1..80)\n}", f"  name: string(1..80)\n{part}")
    seeds = Path("small/small_test.bds")
    seeds.write_text(re.sub(r'(team: Team = \{ name: "(\w+)")', r"\1, part: 1", seeds.read_text()))
    assert plan_next("parts") is not None
    bdc(*BUILD)
    with pytest.raises(
        AssertionError, match=r"(?s)nothing was changed.*team.part.*cannot be computed.*division by zero"
    ):
        migrate(database, "up", user="small_migrator")
    assert forced(database)
    assert "part" not in run(database.fetch("select to_jsonb(team)::text from team"))[0][0]
