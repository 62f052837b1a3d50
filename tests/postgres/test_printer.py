"""The printer and the names: whatever a specification calls things, PostgreSQL reads back exactly that."""

from pathlib import Path

import pytest
from tests.postgres.clinic import AT, CLINIC, clinic_queries
from tests.postgres.conftest import write
from tests.support.postgres import Database, run

from bdc.ddl.names import Name
from bdc.ddl.nodes import ColumnDef, CommentOn, CreateTable, CreateTrigger
from bdc.ddl.printer import literal, print_script, print_statement
from bdc.ir import DatabaseDeploy, Deploy
from bdc.schema.initial import initial_migration
from bdc.schema.names import fitted
from bdc_emitters.postgres.release import release

AWKWARD = (
    "it's",
    "back\\slash",
    "'; drop table x; --",
    'double"quote',
    "E'\\''",
    "$$",
    "línea\nzwei",
    "%s {x}",
)


@pytest.mark.postgres
def test_texts_and_names_come_back_as_they_were(database: Database) -> None:
    columns = tuple(ColumnDef(name, "text") for name in (*AWKWARD, "user", "Order", "select"))
    table = Name("Group by")
    remarks = (
        CommentOn("column", table, text, column.name) for text, column in zip(AWKWARD, columns, strict=False)
    )
    run(database.execute(print_script([CreateTable(table, columns), *remarks])))
    rows = run(
        database.fetch(
            "select attname, col_description(attrelid, attnum) as remark from pg_attribute"
            " where attrelid = '\"Group by\"'::regclass and attnum > 0 order by attnum"
        )
    )
    assert [row["attname"] for row in rows] == [column.name for column in columns]
    assert [row["remark"] for row in rows[: len(AWKWARD)]] == list(AWKWARD)
    for setting in ("on", "off"):
        texts = ", ".join(literal(text) for text in AWKWARD)
        script = f"set standard_conforming_strings = {setting}; create table said as select unnest(array[{texts}]) as t"
        run(database.execute(script))
        assert [row["t"] for row in run(database.fetch("select t from said"))] == list(AWKWARD)
        run(database.execute("drop table said"))


def test_trigger_reads_as_it_is_meant() -> None:
    trigger = CreateTrigger(
        "order_x",
        Name("order"),
        "before",
        "update",
        Name("refuse", "app"),
        ("it's",),
        "old.a is distinct from new.a",
    )
    assert print_statement(trigger) == (
        'create trigger order_x\n  before update on "order"\n  for each row\n  when (old.a is distinct from new.a)\n'
        "  execute function app.refuse('it''s');"
    )


def test_names_that_would_be_cut_stay_different() -> None:
    first, second = fitted("x" * 70 + "_insert"), fitted("x" * 70 + "_update")
    assert first != second
    assert len(first) == len(second) == 63
    assert fitted("x" * 63) == "x" * 63


@pytest.mark.postgres
def test_server_without_uuidv7_gets_one(database: Database, tmp_path: Path, _runtime_path: None) -> None:
    from database.migrate import migrate

    old = Deploy(name="old", database=DatabaseDeploy(version=16), origin=AT)
    system = CLINIC.model_copy(update={"deploys": (old,)})
    queries = clinic_queries()
    write(tmp_path, [*initial_migration(system, queries), release(system, queries)])
    run(migrate(database.superuser_url, folder=tmp_path / "database"))
    row = run(
        database.fetch(
            "insert into org (name) values ('North') returning uuid_extract_version(id) as version,"
            " abs(extract(epoch from now() - uuid_extract_timestamp(id))) as away,"
            " (select array_agg(made) = array_agg(made order by made) from"
            " (select app.uuid7() as made, pg_sleep(0.002) from generate_series(1, 5)) as x) as sorted"
        )
    )[0]
    assert row["version"] == 7
    assert row["away"] < 60
    assert row["sorted"]
