"""Rows that stand in the way are counted by a migrator who is no superuser, under row level security that holds him too."""

import pytest

from tests.migrations.test_next import BUILD, Bdc, bdc, edit, migrate, plan_next
from tests.support.postgres import Database, run

__all__ = ["bdc"]


def test_hidden_rows_are_counted(bdc: Bdc, database: Database) -> None:
    migrate(database, "up")
    run(database.execute("insert into team (id, name) values (uuidv7(), 'one'), (uuidv7(), 'one')"))
    edit("  name: string(1..80)\n}", "  name: string(1..80) @unique\n}")
    assert plan_next("unique names") is not None
    bdc(*BUILD)
    with pytest.raises(AssertionError, match=r"E506 team.*1 row"):
        migrate(database, "up", user="small_migrator")
    forced = "select relforcerowsecurity from pg_class where oid = 'team'::regclass"
    assert run(database.fetch(forced))[0][0] is True
