"""An adoption that is killed anywhere is taken up by the next run, forth and back."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.stack import Server
from bdc.stack.migrations import captured
from tests.adoption.in_use import ADMIN, APPLICATION, InUse, in_use
from tests.adoption.test_adoption import gone
from tests.support.postgres import run

pytestmark = [pytest.mark.postgres, pytest.mark.long]


# One object of each kind that has an owner, made by the application, which may make no other later.
MORE = """
create schema more;
create table more.thing (id int primary key, n numeric(10, 2));
create table more."It's 100%" (id int primary key);
create table parted (id int, at date) partition by range (at);
create table parted_1 partition of parted for values from ('2020-01-01') to ('2021-01-01');
create table closed (id int primary key);
alter table closed enable row level security;
create policy readers on closed using (id > 0);
create type more.mood as enum ('a', 'b');
create type more.pair as (a int, b text);
create domain more.short as varchar(10) check (length(value) > 1);
create sequence more.counter;
create view more.seen as select * from more.thing;
create materialized view more.kept as select * from more.thing;
create function more.same(a int) returns int language sql as 'select a';
create procedure more.nothing() language plpgsql as 'begin end';
revoke execute on function more.same(int) from public;
grant usage on schema more to found_plain;
grant select on more.thing to found_plain;
"""
OWNERS = """
select distinct owner::regrole::text from (
  select relowner, relnamespace, relname from pg_class union all select proowner, pronamespace, proname from pg_proc
  union all select typowner, typnamespace, typname from pg_type union all select nspowner, oid, '' from pg_namespace where nspname = 'more'
) as o (owner, place, name) where place in ('public'::regnamespace, 'more'::regnamespace) and name !~ '_prisma_migrations'
"""


@pytest.fixture
def chinook(postgres_server: Server) -> Iterator[InUse]:
    base = run(in_use(postgres_server, "pg-chinook", "chinook"))
    allowed = f"create on schema public to {APPLICATION}; grant create on database chinook to {APPLICATION}"
    run(base.execute(f"grant {allowed}"))
    run(base.execute(MORE, APPLICATION))
    run(base.execute(f"revoke {allowed}".replace(" to ", " from ").replace("grant", "revoke")))
    yield base
    run(gone(postgres_server, "chinook"))


def killed(out: Path, url: str, command: str, lines: int) -> None:
    """Run the command, and kill it when it has said `lines` lines."""
    arguments = [sys.executable, "-u", "-m", "database.migrate", command, "--database", url]
    with subprocess.Popen(arguments, cwd=out, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()


def owners(base: InUse) -> set[str]:
    return {row["owner"] for row in run(base.fetch(OWNERS))}


def test_killed_anywhere(chinook: InUse, tmp_path: Path) -> None:
    url, out = chinook.url(ADMIN), tmp_path / "out"
    made = CliRunner().invoke(
        cli, ["adopt", f"db:{url}", "--spec", str(tmp_path / "specs"), "--out", str(out), "--json"]
    )
    assert made.exit_code == exits.OK, made.output
    told = json.loads(made.stdout)
    assert (told["imported"], told["plan_failed"]) == (True, False) and told["operations"] > 10
    before = owners(chinook)
    assert before == {APPLICATION}
    for lines in (0, 1, 7, 12, 30):
        for command, wanted in (("up", {"chinook_owner"}), ("down", before)):
            killed(out, url, command, lines)
            code, said = captured(out, url, (command,))
            assert code == 0, said
            assert owners(chinook) == wanted, (lines, command)
        left = "select nspname from pg_namespace where nspname ~ '^(app|api_.*)$'"
        assert run(chinook.fetch(left)) == []
    captured(out, url, ("up",))
    same = CliRunner().invoke(cli, ["diff", f"db:{url}", str(tmp_path / "specs")])
    assert "no difference" in same.output, same.output
