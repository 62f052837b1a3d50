"""Join tables that nobody wrote, in a system with tenants: they come, keep their rows under another name, and go when that is said."""

import pytest

from bdc.catalog.differences import differences
from bdc.cli import exits
from tests.migrations.test_next import BUILD, Bdc, bdc, catalog, edit, migrate, plan_next
from tests.support.postgres import Database, Databases, run

__all__ = ["bdc"]

ROWS = """
insert into team (id, name) values ('00000000-0000-7000-8000-000000000001', 'one'), ('00000000-0000-7000-8000-000000000002', 'two');
insert into person (id, team_id, name, email)
  select ('00000000-0000-7000-8000-0000000000' || n)::uuid, ('00000000-0000-7000-8000-00000000000' || least(n - 10, 2))::uuid, 'P', n || '@x.org'
  from generate_series(11, 13) as n;
insert into task (id, team_id, title) values ('00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000002', 'T');
insert into person_friends (team_id, person_id, other_person_id)
  values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000013');
insert into person_helps (team_id, person_id, task_id)
  values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000021');
"""
STRANGERS = """
insert into person_friends (team_id, person_id, other_person_id)
  values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000012')
"""

MATES = "select team_id, person_id, other_person_id from person_mates"
AIDS = "select team_id, person_id, task_id from person_aids"


def _next(bdc: Bdc, database: Database, name: str) -> None:
    assert plan_next(name) is not None
    built = bdc(*BUILD)
    assert built.exit_code == exits.OK, built.output
    migrate(database, "up", "--all")


@pytest.mark.long
def test_the_rows_of_a_join_table_follow_the_names_of_what_it_joins(
    bdc: Bdc, database: Database, databases: Databases
) -> None:
    migrate(database, "up")
    edit(
        "  email: Email @pii\n",
        "  email: Email @pii\n  friends: Person[]\n  helps: Task[] @through\n",
    )
    _next(bdc, database, "joins")
    run(database.execute(ROWS))
    with pytest.raises(Exception, match="fk_person_friends"):
        run(database.execute(STRANGERS))

    edit("  friends: Person[]\n", "  mates: Person[]\n")
    edit("  helps: Task[] @through\n", "  aids: Task[] @through @was(helps)\n")
    with pytest.raises(SystemExit):
        plan_next("nothing says that these were the friends")
    edit("  mates: Person[]\n", "  mates: Person[] @was(friends)\n  mate_of: Person[] @inverse(mates)\n")
    _next(bdc, database, "other names")
    assert [tuple(map(_last, row)) for row in run(database.fetch(MATES))] == [("02", "12", "13")]
    assert [tuple(map(_last, row)) for row in run(database.fetch(AIDS))] == [("02", "12", "21")]

    edit("  mates: Person[] @was(friends)\n  mate_of: Person[] @inverse(mates)\n", "")
    edit("enum TaskStatus", "dropped entity PersonMates @discard\n\nenum TaskStatus")
    _next(bdc, database, "no mates")

    assert bdc("build", "small", "--out", "anew", "--target", "postgres").exit_code == exits.OK
    fresh = databases.fresh()
    migrate(fresh, "up", out="anew")
    assert differences(catalog(fresh), catalog(database)) == ()


def _last(key: object) -> str:
    return str(key)[-2:]
