"""Keyset pages: whatever the sort, walking the pages shows every row once, in order."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.query.reading import page, parsed
from tests.support.postgres import Databases, run

# isort: split
from services.data.engine.compose import Composer
from services.data.engine.fragments import (
    EntityRead,
    Fragments,
    IdentityParameter,
    ReadKey,
    ReadMember,
    ReadRule,
    ReadSort,
)
from services.data.engine.selection import Leaf, Slot

pytestmark = pytest.mark.postgres

SORTS = ("name", "score", "rank", "at")
TYPES = {"name": "text", "score": "numeric(6,2)", "rank": "integer", "at": "timestamptz"}
NULLABLE = {"score", "at"}
ROWS = 60
Row = dict[str, Any]


def _fragments(table: str, *, guarded: bool = False) -> Fragments:
    member = ReadMember("id", "id", "«a».id", "uuid", "plain", '"', "«a».id", '"', False)
    rank = ReadMember(
        "rank", "rank", "«a».rank", "integer", "number", "", "«a».rank", "", False,
        visible=(ReadRule(None, "«a».name < 'b'"),) if guarded else None,
    )  # fmt: skip
    sorts = tuple(ReadSort(name, f"«a».{name}", TYPES[name], name in NULLABLE) for name in SORTS)
    keys = (ReadKey("id", "id", "uuid"),)
    read = EntityRead("Thing", table, keys, "", "", (ReadRule(None),), (), (member, rank), (), (), sorts)
    return Fragments((IdentityParameter("request_id", "app.request_id", None, ""),), (read,))


def _rows(random: Random) -> list[Row]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        {
            "id": UUID(int=random.getrandbits(128)),
            "name": random.choice(["a", "b", "c'\"\\", "\x03"]),
            "score": random.choice([None, None, "1.50", "-2.00", "1.50"]),
            "rank": random.randrange(3),
            "at": random.choice([None, *(start + timedelta(microseconds=n) for n in range(4))]),
        }
        for _ in range(ROWS)
    ]


def _ordered(rows: list[Row], sorts: tuple[str, ...]) -> list[str]:
    """The order that is promised: declared sorts, nulls last both ways, then the key as the last sort goes."""
    chosen = {sort.removeprefix("-"): sort.startswith("-") for sort in reversed(sorts)}
    fields = list(dict.fromkeys(sort.removeprefix("-") for sort in sorts))
    down = chosen[fields[-1]] if fields else False

    def compare(one: Row, other: Row) -> int:
        for name in fields:
            mine, theirs = _value(one, name), _value(other, name)
            if mine != theirs:
                if mine is None or theirs is None:
                    return 1 if mine is None else -1
                return (1 if mine > theirs else -1) * (-1 if chosen[name] else 1)
        return (1 if one["id"] > other["id"] else -1) * (-1 if down else 1)

    return [str(row["id"]) for row in sorted(rows, key=cmp_to_key(compare))]


def _value(row: Row, name: str) -> Any:
    return float(row[name]) if name == "score" and row[name] is not None else row[name]


async def _filled(url: str, rows: list[Row]) -> asyncpg.Connection:
    connection = await asyncpg.connect(url)
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items()).replace("text", 'text collate "C"')
    await connection.execute(f"create table thing (id uuid primary key, {columns})")
    for row in rows:
        score = None if row["score"] is None else row["score"]
        await connection.execute(
            "insert into thing values ($1, $2, $3::text::numeric, $4, $5)",
            row["id"], row["name"], score, row["rank"], row["at"],
        )  # fmt: skip
    return connection


async def _walk(
    connection: asyncpg.Connection, composer: Composer, sorts: tuple[str, ...], first: Any
) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    for _ in range(ROWS + 1):
        slot = Slot(0) if isinstance(first, Slot) else first
        after = None if cursor is None else Slot(1)
        root = page("Thing", (Leaf("id", "id"),), slot, sorts=sorts, after=after)
        composed = composer.value(root, frozenset())
        body = parsed(await connection.fetchval(composed.sql, *composed.bind(("request",), [7, cursor])))
        found += [row["id"] for row in body["items"]]
        marked = body["next_cursor"]
        if marked is None:
            return found
        cursor = marked.strip("\x01\x02")
    raise AssertionError("the pages never end")


def _sorts(random: Random) -> Iterator[tuple[str, ...]]:
    yield ()
    yield from (((sign + name),) for sign, name in product(("", "-"), SORTS))
    for count in (2, 3, 4):
        for _ in range(6):
            yield tuple(random.choice(("", "-")) + name for name in random.choices(SORTS, k=count))


def test_every_row_comes_once_and_in_order(databases: Databases) -> None:
    random = Random(20260102)
    rows = _rows(random)
    composer = Composer(_fragments("thing"))

    async def work() -> None:
        connection = await _filled(databases.fresh().superuser_url, rows)
        try:
            for sorts in _sorts(random):
                for first in (7, Slot(0), ROWS - 1, ROWS, ROWS + 5, *([1] if len(sorts) < 2 else [])):
                    found = await _walk(connection, composer, sorts, first)
                    assert found == _ordered(rows, sorts), (sorts, first)
        finally:
            await connection.close()

    run(work())


def test_a_value_that_is_hidden_sorts_as_if_it_were_null(databases: Databases) -> None:
    random = Random(3)
    rows = _rows(random)
    composer = Composer(_fragments("thing", guarded=True))
    shown = [row | {"rank": row["rank"] if row["name"] < "b" else None} for row in rows]

    async def work() -> None:
        connection = await _filled(databases.fresh().superuser_url, rows)
        try:
            for sorts in (("rank",), ("-rank",), ("-rank", "name")):
                assert await _walk(connection, composer, sorts, 7) == _ordered(shown, sorts)
        finally:
            await connection.close()

    run(work())


def test_a_payload_that_is_no_list_is_refused() -> None:
    composed = Composer(_fragments("thing")).value(
        page("Thing", (Leaf("id", "id"),), 5, sorts=("rank",), after=Slot(0)), frozenset()
    )
    with pytest.raises(ValueError, match="list"):
        composed.bind((), [json.dumps({"a": 1})])


def test_a_sort_that_was_not_declared_is_refused() -> None:
    with pytest.raises(KeyError):
        Composer(_fragments("thing")).value(page("Thing", (), 5, sorts=("secret",)), frozenset())
