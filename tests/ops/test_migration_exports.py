"""The migrations as other tools run them: up to the same schema and rows as our own runner comes to, and down again."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bdc.catalog import Database as Schema
from bdc.catalog.differences import differences
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import Name
from bdc.evolution import read_history
from bdc.evolution.exporting import TOOLS
from tests.postgres.edges import backfill, index, operation, write_edge
from tests.support.postgres import Database, Databases, run
from tests.support.tools import not_run, tool

pytestmark = [pytest.mark.tool, pytest.mark.postgres]
ROWS = 12_000  # three batches
MADE = f"""
create schema app; create schema "Old";
create table "Old"."Person" (team int, id int, name text, primary key (team, id));
insert into "Old"."Person" select n % 7, n, 'a%b:c ''' || n from generate_series(1, {ROWS}) n
"""
PERSON = '"Old"."Person"'
KEY = (("team", "integer"), ("id", "integer"))
BOOKS = {Name("schema_migrations"), Name("alembic_version")}


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """A backend with two migrations; the second has one operation of each kind."""
    migrations = tmp_path / "database" / "migrations"
    write_edge(
        migrations,
        "20260101T000000_first",
        None,
        [
            operation(
                "01-table", *(part.strip() for part in MADE.strip().split(";")), undo=["drop table " + PERSON]
            )
        ],
    )
    checked = {
        "code": "E510", "object": "person", "sql": f"select count(*) from {PERSON} where team > 7",
        "message": "it's too many teams", "help": "fewer", "reads": [PERSON],
    }  # fmt: skip
    edge = [
        operation("01-column", f"alter table {PERSON} add nick text", checks=[checked],
                  undo=[f"alter table {PERSON} drop nick"]),
        index("nick_1", PERSON, "nick", statements=[f"create index concurrently nick_1 on {PERSON} (nick)"],
              undo=['drop index concurrently "Old".nick_1']),
        index("nick_2", PERSON, "nick", statements=[f"create index concurrently nick_2 on {PERSON} (nick, id)"],
              undo=['drop index concurrently "Old".nick_2']),
        backfill("04-fill", PERSON, KEY, {"nick": "upper(name)"}, "nick is null"),
        operation("05-drop", f"alter table {PERSON} drop name", phase="contract", undo=None,
                  irreversible="it's gone"),
    ]  # fmt: skip
    write_edge(migrations, "20260201T000000_second", "state-20260101T000000_first", edge)
    return tmp_path


def export(backend: Path, to: str, *, contract: bool) -> Path:
    out = backend / f"{to}-{contract}"
    for name, text in TOOLS[to](read_history(backend), contract=contract).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    return out


def dbmate(out: Path, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = tool("dbmate")
    if program is None:
        pytest.skip(not_run("dbmate"))
    flags = [
        "--url",
        f"{url}?sslmode=disable",
        "--migrations-dir",
        str(out / "migrations"),
        "--no-dump-schema",
    ]
    return subprocess.run([program, *flags, *arguments], capture_output=True, text=True, check=False)


def alembic(out: Path, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = tool("alembic")
    if program is None:
        pytest.skip(not_run("alembic"))
    environment = {**os.environ, "DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://")}
    words = {"up": ["upgrade", "head"], "rollback": ["downgrade", "-1"]}[arguments[0]]
    command = [program, "-m", "alembic", "-c", str(out / "alembic.ini"), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


Tool = Callable[..., "subprocess.CompletedProcess[str]"]
# Alembic starts anew for each of its steps: the long run takes all of both.
BOTH = pytest.mark.parametrize(
    "program", [dbmate, pytest.param(alembic, marks=pytest.mark.long)], ids=["dbmate", "alembic"]
)
EACH = pytest.mark.parametrize("program", [dbmate, alembic], ids=["dbmate", "alembic"])


def outcome(database: Database) -> tuple[Schema, list[tuple[Any, ...]]]:
    async def read() -> tuple[Schema, list[tuple[Any, ...]]]:
        connection = await asyncpg.connect(database.superuser_url)
        try:
            rows = await connection.fetch(f"select * from {PERSON} order by id")
            found = await read_database(connection)
            tables = tuple(table for table in found.tables if table.name not in BOOKS)
            return found.model_copy(update={"tables": tables}), [tuple(row) for row in rows]
        finally:
            await connection.close()

    return run(read())


def by_hand(database: Database, backend: Path, *, contract: bool) -> tuple[Schema, list[tuple[Any, ...]]]:
    """What the operations come to when each is simply run."""
    for migration in read_history(backend):
        assert migration.edge is not None
        for one in migration.edge.operations:
            if one.phase == "contract" and not contract:
                continue
            for statement in one.statements:
                run(database.execute(statement))
            if one.batch is not None:
                run(database.execute(f"update {PERSON} set nick = upper(name)"))
    return outcome(database)


@EACH
@pytest.mark.parametrize("contract", [False, True])
def test_up_is_what_our_runner_comes_to(
    program: Tool, contract: bool, backend: Path, databases: Databases
) -> None:
    wanted, database = by_hand(databases.fresh(), backend, contract=contract), databases.fresh()
    out = export(backend, program.__name__, contract=contract)
    for _ in range(2):
        done = program(out, database.superuser_url, "up")
        assert done.returncode == 0, done.stdout + done.stderr
    found = outcome(database)
    assert differences(wanted[0], found[0]) == ()
    assert found[1] == wanted[1] and len(found[1]) == ROWS


@BOTH
def test_down_piece_by_piece(program: Tool, backend: Path, databases: Databases) -> None:
    database, out = databases.fresh(), export(backend, program.__name__, contract=False)
    assert program(out, database.superuser_url, "up").returncode == 0
    for _ in range(5):  # backfill, two indexes, the column, the checks
        done = program(out, database.superuser_url, "rollback")
        assert done.returncode == 0, done.stdout + done.stderr
    schema, _ = outcome(database)
    table = schema.table(Name("Person", "Old"))
    assert [column.name for column in table.columns] == ["team", "id", "name"] and table.indexes == ()


@BOTH
def test_what_is_lost_is_not_taken_back(program: Tool, backend: Path, databases: Databases) -> None:
    database, out = databases.fresh(), export(backend, program.__name__, contract=True)
    assert program(out, database.superuser_url, "up").returncode == 0
    done = program(out, database.superuser_url, "rollback")
    assert done.returncode != 0 and "cannot be taken back: it's gone" in done.stdout + done.stderr


@BOTH
def test_rows_in_the_way_stop_it_first(program: Tool, backend: Path, databases: Databases) -> None:
    """The first migration is given a row more than the second allows."""
    database, out = databases.fresh(), export(backend, program.__name__, contract=True)
    [first] = [path for path in out.rglob("20260101*") if path.is_file()]
    text = first.read_text(encoding="utf-8")
    first.write_text(text.replace("select n % 7, n", "select n % 9, n"), encoding="utf-8")
    done = program(out, database.superuser_url, "up")
    assert done.returncode != 0 and "E510 person: it's too many teams" in done.stdout + done.stderr
    schema, _ = outcome(database)
    assert len(schema.table(Name("Person", "Old")).columns) == 3
