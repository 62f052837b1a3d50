"""A loss without a declaration is found: in the operations as they are written, and in what a database holds afterwards."""

import asyncpg
import pytest

from bdc.catalog.live.reader import read_database
from bdc.plan import Hazard, Operation
from bdc.plan.verifier import verify
from bdc.verification.rows import fill, held, lost
from tests.support.postgres import Databases

BEFORE = """
create table a (id int primary key, word text not null, n int not null);
create table b (id int primary key);
create table c (id int primary key, n int not null) partition by list (id);
create table c_rest partition of c default;
create table d (id int primary key);
create materialized view m as select id from d;
"""
LOSSES = """
alter table a drop column word; update a set n = -1; drop table b; delete from c; delete from d; refresh materialized view m;
"""


def operation(*statements: str, hazards: tuple[Hazard, ...] = ()) -> Operation:
    return Operation(
        id="01-x",
        title="x",
        phase="contract",
        group=1,
        statements=statements,
        file="03_contract.sql",
        hazards=hazards,
    )


def declared(code: str, name: str) -> Hazard:
    return Hazard(code=code, object=name, message="")


@pytest.mark.postgres
@pytest.mark.asyncio
async def test_rows_and_values_that_are_gone_are_named(databases: Databases) -> None:
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        await connection.execute(BEFORE)
        state = await read_database(connection, ["public"])
        assert await fill(connection, state, 3) == ()
        before = await held(connection, state)
        assert lost(before, await held(connection, state), ()) == ()
        await connection.execute(LOSSES)
        after = await held(connection, await read_database(connection, ["public"]))
    finally:
        await connection.close()
    words = (operation(hazards=(declared("DROP_TABLE", "b"), declared("DROP_COLUMN", "a.word"))),)
    found, left = (" | ".join(lost(before, after, said)) for said in ((), words))
    for part in ("table public.a: 3 rows became 3", "column a.word is gone", "table public.b and its 3 rows"):
        assert part in found
    for part in (
        "table public.a: 3 rows became 3",
        "public.c_rest: 3 rows became 0",
        "public.d: 3",
        "view public.m",
    ):
        assert part in found and part in left
    assert "public.b" not in left and "a.word" not in left


@pytest.mark.parametrize(
    "statement",
    [
        "drop table public.a;",
        "alter table public.a drop column word;",
        "drop view public.v cascade;",
        "truncate public.a;",
        "delete from public.a;",
        "drop schema s cascade;",
    ],
)
def test_an_operation_says_what_it_drops(statement: str) -> None:
    assert "R10" in {found.rule for found in verify([operation(statement)])}


def test_what_is_declared_or_moved_is_no_loss() -> None:
    moved = operation(
        "alter table public.a drop column n;", "alter table public.a rename column n__next to n;"
    )
    said = operation("drop table public.a;", hazards=(declared("DROP_TABLE", "a"),))
    body = operation("create function f() returns void language sql as $$ delete from a; drop table a $$;")
    for each in (moved, said, body):
        assert "R10" not in {found.rule for found in verify([each])}
