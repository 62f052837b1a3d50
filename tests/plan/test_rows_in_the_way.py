"""Rows that stand in the way of a change are counted before anything is done, and each count has words."""

import asyncpg
import pytest

from bdc.ddl.names import Name
from bdc.plan import Backfill, Hints, Removal, plan
from tests.plan.pair import Pair
from tests.plan.test_laws import states
from tests.support.postgres import Databases

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
BEFORE = """
create type mood as enum ('sad', 'glad');
create table team (id int primary key);
create table item (id int primary key, word text, size int, team_id int, mood mood);
insert into team values (1);
insert into item values (1, 'one', null, 1, 'sad'), (2, 'two', null, 7, 'glad'), (3, 'two', 3, 8, 'sad'), (4, 'two', 4, null, 'sad');
"""
MOOD = Hints(removals=(Removal("enum value", Name("mood"), "sad"),))
WAYS = {
    "E505": (2, "delete from item; alter table item alter size set not null", Hints()),
    "E506": (2, "delete from item where word = 'two'; alter table item add unique (word)", Hints()),
    "E507": (
        2,
        "delete from item; alter table item add constraint fk foreign key (team_id) references team",
        Hints(),
    ),
    "E508": (3, "delete from item; alter table item add constraint c check (word <> 'two')", Hints()),
    "E509": (4, "delete from item; alter table item alter word type int using word::int", Hints()),
    "E510": (
        3,
        "delete from item; create type mood2 as enum ('glad'); alter table item alter mood type mood2 using mood::text::mood2; drop type mood; alter type mood2 rename to mood",
        MOOD,
    ),
}


@pytest.mark.parametrize("code", WAYS)
async def test_rows_in_the_way_are_counted(databases: Databases, code: str) -> None:
    count, after, hints = WAYS[code]
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        old, new = await states(connection, Pair(code, BEFORE, after))
        planned = plan(old, new, hints)
        assert not planned.refusals
        checks = [check for operation in planned.operations for check in operation.checks]
        assert [(check.code, await connection.fetchval(check.sql)) for check in checks] == [(code, count)]
        assert str(count) in checks[0].message.format(rows=count)
        assert checks[0].help
        assert "public.item" in checks[0].reads
    finally:
        await connection.close()


APART = """
create table item (id int primary key, span int4range, exclude using gist (span with &&) where (not isempty(span)));
insert into item values (1, '[3,5)'), (2, null), (3, null), (4, 'empty'), (5, 'empty');
"""
SPOKEN = """
create table item (id int primary key, low int, live bool, word text, exclude using gist (int4range(low, low + 2) with &&) where (live));
create unique index ix on item (lower(word)) where live;
insert into item values (1, 1, true, 'A'), (2, 2, null, 'a'), (3, 9, false, 'b'), (4, null, false, null);
"""
KEYED = """
create table team (id int primary key);
create table item (id int primary key, team_id int references team, code text unique);
insert into team values (1);
insert into item values (1, 1, 'a'), (2, null, null), (3, null, null);
"""


async def test_keys_over_what_a_filled_column_says_are_asked(databases: Databases) -> None:
    """Two rows come to live: an exclusion and a unique index are about those that do."""
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        hints = Hints(backfills=(Backfill(Name("item"), "live", "true"),))
        change = "delete from item; alter table item alter live set not null"
        operations = plan(*await states(connection, Pair("spoken", SPOKEN, change)), hints).operations
        found = {
            check.object: await connection.fetchval(check.sql) for each in operations for check in each.checks
        }
        assert {name: rows for name, rows in found.items() if rows} == {
            "item.ix": 1,
            "item.item_int4range_excl": 1,
        }
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("before", "after", "column", "value", "expected"),
    [
        (BEFORE, "add code text not null unique", "code", "'x'", ("E506", 3)),
        (KEYED, "alter code set not null", "code", "'x'", ("E506", 1)),
        (KEYED, "alter code set not null", "code", "'a'", ("E506", 2)),
        (KEYED, "alter code set not null", "code", "id::text", ("E506", 0)),
        (KEYED, "alter team_id set not null", "team_id", "7", ("E507", 2)),
        (KEYED, "alter team_id set not null", "team_id", "1", ("E507", 0)),
        (KEYED, "add other int not null references team", "other", "id", ("E507", 2)),
        (KEYED, "alter code set not null", "code", "team_id::text", ("E505", 2)),
        (KEYED, "alter code type int using 1, alter code set not null", "code", "team_id", ("E505", 2)),
        (KEYED, "add other text not null", "other", "lower(code)", ("E505", 2)),
        (APART, "alter span set not null", "span", "'[1,2)'", ("E506", 1)),
        (APART, "alter span set not null", "span", "'[1,4)'", ("E506", 2)),
        (SPOKEN, "alter word set not null", "word", "'B'", ("E506", 0)),
        (SPOKEN, "alter low set not null", "low", "1", ("E506", 0)),
        (APART, "alter span set not null", "span", "int4range(id * 10, id * 10 + 5)", ("E506", 0)),
    ],
)
async def test_what_rows_will_hold_is_asked_about(
    databases: Databases, before: str, after: str, column: str, value: str, expected: tuple[str, int]
) -> None:
    """Rows that all get the same value in a column that is unique repeat it; references that are filled in lead somewhere."""
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        hints = Hints(backfills=(Backfill(Name("item"), column, value),))
        change = f"delete from item; alter table item {after}"
        planned = plan(*await states(connection, Pair("filled", before, change)), hints)
        checks = [check for operation in planned.operations for check in operation.checks]
        counted = [(check.code, await connection.fetchval(check.sql)) for check in checks]
        assert [found for found in counted if found[1] or found[0] == expected[0]] == [expected]
    finally:
        await connection.close()


PLACES = """
create table item (id int primary key, room int, word text, low int, high int, at timestamp default '2026-01-01 10:00');
insert into item (id, room, word, low, high) values (1, 1, 'one', 1, 9), (2, 1, 'only', 4, 5), (3, 1, 'one', 9, null), (4, 2, 'one', 7, 9), (5, null, 'one', 1, 9);
update item set at = at + id * interval '1 hour';
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "alter table item add exclude using gist (int4range(room, room, '[]') with =, int4range(low, high) with &&)",
            1,
        ),
        (
            "alter table item add exclude using gist (int4range(room, room, '[]') with =, int4range(low, high) with &&) where (low < 4)",
            0,
        ),
        ("alter table item add exclude using gist (int4range(low, high) with &&) where (room = 1)", 1),
        ("alter table item add exclude using hash (room with =)", 2),
        ("create unique index once on item (lower(word))", 3),
        ("create unique index once on item (lower(word)) where low > 3", 1),
        ("alter table item alter at type date, add unique (at)", 4),
    ],
)
async def test_new_keys_ask_the_rows(databases: Databases, change: str, expected: int) -> None:
    """What excludes is asked in the order of what may overlap; what becomes coarser may come to repeat."""
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        after = f"delete from item; {change}"
        planned = plan(*await states(connection, Pair("new", PLACES, after)), Hints())
        checks = [check for operation in planned.operations for check in operation.checks]
        counted = [await connection.fetchval(check.sql) for check in checks if check.code == "E506"]
        assert counted == [expected]
    finally:
        await connection.close()


DOMAINS = """
create domain age as int check (value > 0);
create domain word as text constraint short check (length(value) < 9 and value <> 'VALUE');
create table item (id int primary key, age age, "Word" word);
create table other (id int primary key, age age) partition by list (id);
create table part partition of other default;
insert into item values (1, 3, 'aa'), (2, null, 'bbbb'), (3, 30, null);
insert into other values (1, 4), (2, 50);
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "alter domain age drop constraint age_check; alter domain age add check (value > 5)",
            {("E508", 1)},
        ),
        (
            "alter domain word drop constraint short; alter domain word add constraint short check (length(value) < 3 and value <> 'value')",
            {("E508", 1)},
        ),
        ("alter domain word set not null", {("E505", 1)}),
    ],
)
async def test_a_stricter_domain_asks_all_its_columns(
    databases: Databases, change: str, expected: set[tuple[str, int]]
) -> None:
    connection = await asyncpg.connect(databases.fresh().superuser_url)
    try:
        after = f"delete from item; delete from other; {change}"
        planned = plan(*await states(connection, Pair("domain", DOMAINS, after)), Hints())
        checks = [check for operation in planned.operations for check in operation.checks]
        counted = {(check.code, await connection.fetchval(check.sql)) for check in checks}
        assert {found for found in counted if found[1]} == expected
    finally:
        await connection.close()
