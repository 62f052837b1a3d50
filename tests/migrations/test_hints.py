"""What words about the past still say, held against the database that a migration starts from."""

import pytest

from bdc.catalog import Database
from bdc.ddl.names import Name
from bdc.evolution.hints import hints_of
from bdc.evolution.next_migration import advance
from bdc.ir import SystemIR
from bdc.plan import Backfill, Hints, Removal, Rename, plan
from bdc.query import compile_queries
from bdc.schema.evolution import evolution
from bdc.schema.state import physical_state
from tests.support.specs import compile_text

BEFORE = """
enum Shelf { bottom  high }
entity Person { id: uuid = uuid7() @id  name: text }
entity Store {
  id: uuid = uuid7() @id
  title: text
  owner: Person
  shelf: Shelf
  opened: date
}
entity Scratch { id: uuid = uuid7() @id }
"""
AFTER = """
enum Shelf { low @was(bottom)  high }
entity Person { id: uuid = uuid7() @id  name: text }
entity Depot @was(Store) {
  id: uuid = uuid7() @id
  name: text @was(title)
  keeper: Person @was(owner)
  shelf: Shelf
  capacity: int @backfill(100)
  dropped opened @discard
}
dropped entity Scratch
"""


def system(text: str) -> SystemIR:
    compiled = compile_text(text)
    assert compiled.system is not None, compiled.diagnostics
    return compiled.system


def state(text: str) -> Database:
    return physical_state(system(text), compile_queries(system(text), True))


def hints(old: str, new: str) -> Hints:
    return hints_of(evolution(system(new)), state(old), state(new))


def test_words_become_names_of_the_database() -> None:
    found = hints(BEFORE, AFTER)
    depot = next(table.name for table in state(AFTER).tables if table.name.name == "depot")
    assert set(found.renames) >= {
        Rename("table", None, "store", "depot"),
        Rename("column", depot, "title", "name"),
        Rename("column", depot, "owner_id", "keeper_id"),
        Rename("enum value", depot, "bottom", "low", "shelf"),
    }
    assert set(found.removals) == {
        Removal("column", depot, "opened", archive=False),
        Removal("table", None, "scratch", archive=True),
    }
    assert found.backfills == (Backfill(depot, "capacity", "100"),)


def test_what_goes_with_a_name() -> None:
    """An enum of PostgreSQL is called after that of the language; a table goes with its partitions."""
    before = """
    enum Size @native { small  large }
    entity Log @partition(hash, id) {
      id: bigint @id
      size: Size
      partition p0 modulus 1 remainder 0
    }
    entity Box { id: bigint @id  size: Size }
    """
    after = """
    enum Extent @native @was(Size) { little @was(small)  large }
    entity Box { id: bigint @id  size: Extent }
    dropped entity Log
    """
    found = hints(before, after)
    assert set(found.renames) == {
        Rename("enum", None, "size", "extent"),
        Rename("enum value", Name("extent"), "small", "little"),
    }
    assert {each.name for each in found.removals} == {"log", "log_p0"}


def test_words_of_an_edge_that_lies_behind_say_nothing() -> None:
    assert hints(AFTER, AFTER).renames == ()
    assert hints(AFTER, AFTER).removals == ()


WHOLE = """
struct Address { street: text  city: text? }
entity Team { id: uuid = uuid7() @id }
entity Person {
  id: uuid = uuid7() @id
  home: Address @embed
  work: Address? @embed
  owner: Team | Person?
  owner_since: date?
  home_since: date?
}
"""


def test_what_was_several_columns_goes_with_one_word() -> None:
    """A check tells those of a union, and of a struct that may be missing; the others are said to have been embedded."""
    parts = {"home": ["home_city", "home_street"], "work": ["work_city", "work_street"]}
    parts["owner"] = ["owner_person_id", "owner_team_id"]
    for field, columns in parts.items():
        line = next(line for line in WHOLE.splitlines() if line.startswith(f"  {field}: "))
        said = f"  dropped {field}{' @embed' if field == 'home' else ''} @discard"
        found = hints(WHOLE, WHOLE.replace(line, said))
        assert [each.name for each in found.removals] == columns
        assert {each.kind for each in found.removals} == {"column"}
    assert hints(WHOLE, WHOLE.replace("  home: Address @embed", "  dropped home")).removals == ()
    later = WHOLE.replace("  owner: Team | Person?\n", "")
    stale = later.replace("  owner_since: date?", "  dropped owner")
    assert hints(later, stale).removals == ()


SIZED = """
entity Crate {
  id: uuid = uuid7() @id
  label: text
  size: bigint @backfill(100)
}
"""


@pytest.mark.parametrize(
    ("after", "value"),
    [
        ("size: int @backfill(100)", "size::integer"),
        ("size: int @backfill(50)", "50"),
        ("width: int @was(size) @backfill(100)", "size::integer"),
        ("size: float @backfill(100)", "size::double precision"),
        ("size: decimal(9, 2) @backfill(100)", "size::numeric(9,2)"),
    ],
)
def test_words_that_stood_there_before_replace_no_value(after: str, value: str) -> None:
    changed = SIZED.replace("size: bigint @backfill(100)", after)
    before, now = system(SIZED), system(changed)
    step = advance(state(SIZED), now, compile_queries(now, True), before)
    filled = [
        each.batch.set
        for each in step.planned.operations
        if each.batch is not None and each.phase == "backfill"
    ]
    # what does not fit, which only the old version can have written by then, waits for the contract
    found = [text.rpartition(" then ")[2].removesuffix(" end") for each in filled for text in each.values()]
    assert found == [value]


PARTED = """
entity Reading @partition(range, at) {
  at: timestamp @id
  partition y2025 from ("2025-01-01T00:00:00Z") to ("2026-01-01T00:00:00Z")
  partition far from ("2026-01-01T00:00:00Z") to (maxvalue) @table("far_away")
}
"""


@pytest.mark.parametrize(
    ("line", "said", "removal"),
    [
        (2, "dropped y2025", Removal("table", None, "reading_y2025")),
        (3, '  dropped far @column("far_away") @discard', Removal("table", None, "far_away", archive=False)),
    ],
)
def test_a_part_is_dropped_by_its_name(line: int, said: str, removal: Removal) -> None:
    lines = PARTED.strip().splitlines()
    without = "\n".join([*lines[:line], *lines[line + 1 :]])
    lines[line] = said
    assert hints(PARTED, "\n".join(lines)).removals == (removal,)
    (refused,) = plan(state(PARTED), state(without)).refusals
    assert (refused.code, refused.object.partition(".")[0]) == ("E503", "reading")
