"""Edges of format 2: phases, resume, refusals and the way back, on a database without anything else."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.postgres.edges import backfill, index, operation, write_edge
from tests.postgres.people import MADE, ROWS, nick
from tests.support.postgres import Database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]


def add(plain: Path, name: str, source: str, operations: Sequence[dict[str, Any]], **members: Any) -> str:
    return write_edge(plain / "migrations", name, f"state-{source}", operations, **members)


async def test_contract_waits_for_the_next_migration(database: Database, plain: Path) -> None:
    from database.migrate import migrate, status

    assert (await migrate(database.superuser_url, folder=plain))[0] == "applied 0001/01-table"
    add(plain, "0002", "0001", nick())
    done = await migrate(database.superuser_url, folder=plain)
    assert done == tuple(
        f"applied 0002/{name}" for name in ("01-column", "02-rule", "index-person_nick", "04-fill")
    )
    assert await migrate(database.superuser_url, folder=plain) == ()
    assert (await status(database.superuser_url, plain))[1] == "0002: expanded, its contract is pending"
    assert await database.fetch("select from person where nick is distinct from name") == []
    add(plain, "0003", "0002", [operation("01-more", "alter table person add more int")])
    done = await migrate(database.superuser_url, folder=plain)
    assert done == ("applied 0002/05-drop", "applied 0003/01-more")


async def test_contract_never_runs_with_the_expand_it_follows(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", nick())
    with pytest.raises(MigrationError, match="0002 removes what the previous code needs"):
        await migrate(database.superuser_url, folder=plain, extent="contract")
    assert await database.fetch("select from app.migration_operation where edge = '0002'") == []
    await migrate(database.superuser_url, folder=plain)
    done = await migrate(database.superuser_url, folder=plain, extent="contract")
    assert done == ("applied 0002/05-drop",)


async def test_everything_at_once(database: Database, plain: Path) -> None:
    from database.migrate import migrate, status

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", nick())
    assert len(await migrate(database.superuser_url, folder=plain, extent="all")) == 5
    assert await status(database.superuser_url, plain) == ("0001: applied", "0002: applied")


async def test_forecast_changes_nothing(database: Database, plain: Path) -> None:
    from database.migrate import migrate, plan

    await migrate(database.superuser_url, folder=plain)
    check = {"code": "E504", "object": "person.name", "sql": "select count(*) from person where id < 4",
             "message": "{rows} rows are small", "help": "make them large"}  # fmt: skip
    add(plain, "0002", "0001", [nick()[0] | {"checks": [check]}, *nick()[1:]])
    told = "\n".join(await plan(database.superuser_url, extent="all", folder=plain))
    for words in (
        "01-column: 01-column\n      locks public.person (ACCESS EXCLUSIVE)",
        "no transaction, lock_timeout 0 ms",
        "DROP_COLUMN person.name: its values are lost",
        "cannot be rolled back: the names are gone",
        "E504 person.name: 3 rows are small\n    make them large",
    ):
        assert words in told
    assert await database.fetch("select from app.migration where migration = '0002'") == []


async def test_a_backfill_costs_about_what_was_said(database: Database, plain: Path) -> None:
    """Rows and WAL, before it runs; speed as the earlier one had it."""
    from database.engine.edge import PHASES
    from database.engine.estimates import estimates
    from database.engine.history import Step
    from database.engine.ledger import read_ledger
    from database.engine.migrations_folder import read_migrations
    from database.migrate import migrate, plan, status

    await migrate(database.superuser_url, folder=plain)
    more = "insert into person select n, repeat('n', 200) || n from generate_series(10000, 30000) n; analyze person; checkpoint"
    await database.execute(more)
    add(plain, "0002", "0001", nick())
    connection = await asyncpg.connect(database.superuser_url)
    try:
        migration = read_migrations(plain / "migrations")[-1]
        waiting = [Step(migration, phase) for phase in PHASES]
        (cost,) = (await estimates(connection, waiting, await read_ledger(connection))).values()
        told = await plan(database.superuser_url, folder=plain)
        await connection.execute("update pg_class set reltuples = 9e6 where oid = 'person'::regclass")
        assert (
            "0002: pending, backfills of about 15 minutes, "
            in (await status(database.superuser_url, plain))[1]
        )
        await connection.execute("analyze person")
        before = await connection.fetchval("select pg_current_wal_lsn()")
        await migrate(database.superuser_url, folder=plain)
        written = await connection.fetchval("select pg_current_wal_lsn() - $1::pg_lsn", before)
        assert 20_000 < cost.rows < 32_000 and not cost.is_measured
        assert f"about {cost.rows:,} rows, " in "\n".join(told)
        assert 1 / 3 < cost.wal / int(written) < 3, (cost, written)
        steps = [Step(read_migrations(plain / "migrations")[-1], "backfill")]
        assert await estimates(connection, steps, await read_ledger(connection)) == {}
    finally:
        await connection.close()


async def test_rows_in_the_way_are_counted_before_anything_is_done(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    check = {"code": "E510", "object": "person(name)", "sql": "select count(*) from person where id > 4990",
             "message": "no such names", "help": "delete them"}  # fmt: skip
    operations = nick()
    operations[-1] = operations[-1] | {"checks": [check]}
    add(plain, "0002", "0001", operations)
    with pytest.raises(
        MigrationError, match=r"(?s)nothing was changed:.*E510 person\(name\): 10 rows.*delete them"
    ):
        await migrate(database.superuser_url, folder=plain)
    assert await database.fetch("select from information_schema.columns where column_name = 'nick'") == []


async def test_way_back_takes_what_is_applied(database: Database, plain: Path) -> None:
    from database.migrate import down, migrate, status

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", nick())
    await migrate(database.superuser_url, folder=plain)
    done = await down(database.superuser_url, folder=plain)
    wanted = ("04-fill", "index-person_nick", "02-rule", "01-column")
    assert done == tuple(f"took back 0002/{name}" for name in wanted)
    assert await status(database.superuser_url, plain) == ("0001: applied", "0002: pending")
    assert len(await migrate(database.superuser_url, folder=plain, extent="all")) == 5


async def test_way_back_is_refused_whole(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import down, migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", nick())
    await migrate(database.superuser_url, folder=plain, extent="all")
    with pytest.raises(
        MigrationError, match=r"nothing was changed:\s+05-drop \(05-drop\): the names are gone"
    ):
        await down(database.superuser_url, folder=plain)
    assert len(await database.fetch("select nick from person")) == ROWS


async def test_half_built_index_is_built_anew(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    await database.execute("insert into person values (0, 'n1')")
    statement = "create unique index concurrently person_name on person (name)"
    add(plain, "0002", "0001", [index("person_name", "person", "name", statements=[statement])])
    with pytest.raises(MigrationError, match=r"0002/index-person_name .* could not create unique index"):
        await migrate(database.superuser_url, folder=plain)
    assert (await database.fetch("select state, error from app.migration_operation where edge = '0002'"))[0][
        "error"
    ]
    await database.execute("delete from person where id = 0")
    assert await migrate(database.superuser_url, folder=plain) == ("applied 0002/index-person_name",)
    assert await database.fetch("select from pg_index where not indisvalid") == []


async def test_what_is_done_but_not_entered_is_not_done_again(database: Database, plain: Path) -> None:
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", [index("person_name", "person", "name")])
    await migrate(database.superuser_url, folder=plain)
    before = await database.fetch("select 'person_name'::regclass::oid as oid")
    await database.execute("update app.migration_operation set state = 'started' where edge = '0002'")
    await database.execute("delete from app.migration where migration = '0002'")
    assert await migrate(database.superuser_url, folder=plain) == ("applied 0002/index-person_name",)
    assert await database.fetch("select 'person_name'::regclass::oid as oid") == before


async def test_neither_done_nor_ready_stops_with_the_question(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", [operation("01-odd", "select 1", transaction="none", ready="select false")])
    with pytest.raises(MigrationError, match="neither done nor ready: `select false` is false"):
        await migrate(database.superuser_url, folder=plain)


@pytest.mark.parametrize(
    ("key", "kinds"),
    [(("a", "b"), ("integer", "text")), (("b",), ("text",)), (("ctid",), ("tid",))],
    ids=["composite", "text", "no-key"],
)
async def test_backfill_by_any_key(
    database: Database,
    plain: Path,
    key: tuple[str, ...],
    kinds: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from database.engine import batches
    from database.migrate import migrate

    monkeypatch.setattr(batches, "_FIRST", 100)
    await migrate(database.superuser_url, folder=plain)
    await database.execute(
        "create table pair (a int, b text, n int, primary key (a, b));"
        " insert into pair select n / 100, 'it''s ' || n, null from generate_series(1, 5000) n"
    )
    fill = backfill("01-fill", "pair", list(zip(key, kinds, strict=True)), {"n": "a + 1"}, "n is null")
    add(plain, "0002", "0001", [fill])
    await migrate(database.superuser_url, folder=plain, accept_drift=True)
    assert await database.fetch("select from pair where n is distinct from a + 1") == []
    done = await database.fetch("select rows_done from app.migration_operation where edge = '0002'")
    assert done[0]["rows_done"] == 5000


async def test_backfill_that_proves_nothing_is_an_error(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    fill = backfill("01-fill", "person", [("id", "bigint")], {"name": "name"}, "id < 100")
    add(plain, "0002", "0001", [fill])
    with pytest.raises(MigrationError, match="rows of person are still not changed after 3 passes"):
        await migrate(database.superuser_url, folder=plain)


async def test_long_reader_is_waited_for_in_turns(database: Database, plain: Path) -> None:
    """Each try waits at most its lock timeout; a writer in between is not held longer than that."""
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", [operation("01-column", "alter table person add more int")])
    reader = await asyncpg.connect(database.superuser_url)
    transaction = reader.transaction()
    await transaction.start()
    await reader.execute("select count(*) from person")
    with pytest.raises(MigrationError, match=r"0002/01-column .* lock timeout"):
        await migrate(database.superuser_url, folder=plain, budget=1)
    waiting = asyncio.create_task(migrate(database.superuser_url, folder=plain))
    await asyncio.sleep(0.7)
    await transaction.commit()
    assert await waiting == ("applied 0002/01-column",)
    await reader.close()


async def test_a_vacuum_is_waited_for_in_nobody_s_way(database: Database, plain: Path) -> None:
    """Whoever asks for a lock that readers mind while a vacuum has the table makes the readers wait for the vacuum."""
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    locks = {"locks": {"public.person": "ACCESS EXCLUSIVE"}, "lock_timeout": 60_000}
    add(plain, "0002", "0001", [operation("01-column", "alter table person add more int", **locks)])
    vacuum = await asyncpg.connect(database.superuser_url)
    transaction = vacuum.transaction()
    await transaction.start()
    await vacuum.execute("lock table person in share update exclusive mode")  # what a vacuum holds
    waiting = asyncio.create_task(migrate(database.superuser_url, folder=plain))
    while not await vacuum.fetchval("select exists (select from pg_locks where not granted)"):
        await asyncio.sleep(0.01)
    await database.execute(
        "set lock_timeout = 100; select count(*) from person; update person set name = 'x' where id = 1"
    )
    assert not waiting.done()
    await transaction.commit()
    assert await waiting == ("applied 0002/01-column",)
    await vacuum.close()


async def test_index_waits_for_older_transactions_and_nobody_for_it(database: Database, plain: Path) -> None:
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", [index("person_name", "person", "name", lock_timeout=100)])
    writer = await asyncpg.connect(database.superuser_url)
    transaction = writer.transaction()
    await transaction.start()
    await writer.execute("insert into person values (0, 'late')")
    waiting = asyncio.create_task(migrate(database.superuser_url, folder=plain, budget=0.1))
    await asyncio.sleep(1)
    await asyncio.wait_for(database.execute("update person set name = 'x' where id = 1"), 5)
    assert not waiting.done()
    await transaction.commit()
    assert await waiting == ("applied 0002/index-person_name",)
    await writer.close()


async def test_ten_deployers_do_each_thing_once(database: Database, plain: Path) -> None:
    from database.migrate import migrate

    add(plain, "0002", "0001", nick())
    runs = [migrate(database.superuser_url, folder=plain, extent="all") for _ in range(10)]
    done = sorted(line for lines in await asyncio.gather(*runs) for line in lines)
    wanted = ["0001/01-table", *(f"0002/{one['id']}" for one in nick())]
    assert done == sorted(["installed api_1", *(f"applied {name}" for name in wanted)])


async def test_misfits_change_nothing(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    add(plain, "0002", "0001", nick())
    await migrate(database.superuser_url, folder=plain, extent="all")
    before = await database.fetch("select * from app.migration_operation order by edge, operation")

    async def refused(words: str) -> None:
        with pytest.raises(MigrationError, match=words):
            await migrate(database.superuser_url, folder=plain, extent="all")

    edge = plain / "migrations" / "0002" / "edge.json"
    text = edge.read_text()
    edge.write_text(text.replace("alter table person add nick text", "alter table person add nick varchar"))
    await refused(r"0002/edge\.json \(01-column\) was edited after it was planned")
    edge.write_text(text)
    (edge.parent / "01_expand.sql").write_text("select 1")
    await refused(r"0002/01_expand\.sql was edited after it was planned")
    add(plain, "0002", "0001", nick()[:-1])
    await refused(r"0002/01_expand\.sql was edited after it was applied")
    (plain / "migrations" / "0002").rename(plain / "0002")
    await refused(r"0002 was applied .* the database is ahead of this history")
    add(plain, "0003", "0001", [operation("01-other", "create table other ()")])
    await refused(r"0002 was applied .* while 0003 is not applied: the database is beside this history")
    assert await database.fetch("select * from app.migration_operation order by edge, operation") == before


async def test_drift_is_named_and_half_done_work_is_none(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await migrate(database.superuser_url, folder=plain)
    await database.execute("alter table person add shoe int; create type size as enum ('s', 'm')")
    add(plain, "0002", "0001", nick())
    with pytest.raises(MigrationError, match=r"added column public\.person\.shoe\s+added type public\.size"):
        await migrate(database.superuser_url, folder=plain)
    await migrate(database.superuser_url, folder=plain, accept_drift=True)


async def test_existing_database_is_taken_over(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import baseline, migrate, status

    await database.execute(MADE)
    (plain / "migrations" / "0001").rename(plain / "0001")
    add(plain, "0002", "0001", nick())
    with pytest.raises(MigrationError, match=r"the state of this database is unknown.*`baseline state-0001`"):
        await migrate(database.superuser_url, folder=plain)
    with pytest.raises(MigrationError, match="unknown migration or state nine; known: 0002"):
        await baseline(database.superuser_url, "nine", plain)
    assert await baseline(database.superuser_url, "state-0001", plain) == ("at the state state-0001",)
    with pytest.raises(MigrationError, match="this database has a ledger"):
        await baseline(database.superuser_url, "0002", plain)
    assert await status(database.superuser_url, plain) == ("0002: pending",)
    done = await migrate(database.superuser_url, folder=plain)
    assert done[-2:] == ("applied 0002/04-fill", "installed api_1")


async def test_migration_of_the_past_is_marked_not_run(database: Database, plain: Path) -> None:
    from database.migrate import baseline, migrate, status

    await database.execute(MADE)
    add(plain, "0002", "0001", nick())
    assert await baseline(database.superuser_url, "0001", plain) == ("at 0001",)
    assert await status(database.superuser_url, plain) == ("0001: applied", "0002: pending")
    assert (await migrate(database.superuser_url, folder=plain))[0] == "applied 0002/01-column"
    rows = await database.fetch("select operation, state from app.migration_operation where edge = '0001'")
    assert json.loads(json.dumps([tuple(row) for row in rows])) == [["01-table", "finished"]]
