"""What a specification says about its past names what the older one made."""

from tests.support.specs import compile_text

from bdc.catalog import Database, assemble
from bdc.ddl.names import Name
from bdc.ir import SystemIR
from bdc.query import compile_queries
from bdc.schema.evolution import Backfilled, Relabelled, Removed, Renamed, evolution
from bdc.schema.statements import schema

BEFORE = """
enum State { open, shut, lost }

entity Person {
  id: uuid = uuid7() @id
}

entity Job {
  id: uuid = uuid7() @id
  title: text @unique
  owner: Person
  state: State
  states: State[]
  size: int
  note: text?
  unique (title, size) where size > 0
  check small (size < 100)
}

entity Scratch {
  id: uuid = uuid7() @id
}
"""
AFTER = """
enum State {
  open
  closed @was(shut)
  dropped lost @backfill(open)
}

entity Person {
  id: uuid = uuid7() @id
}

entity Task @was(Job) {
  id: uuid = uuid7() @id
  label: text @was(title)
  keeper: Person @was(owner)
  state: State
  states: State[]
  weight: int @was(size)
  grade: int @backfill(weight * 2)
  dropped note @discard
  unique (label, weight) where weight > 0 @was("uq_job_title_size")
  check light (weight < 100) @was(small)
}

dropped entity Scratch
"""


def _system(text: str) -> SystemIR:
    compilation = compile_text(f"bds 1\nmodule shop\n{text}", head="")
    assert compilation.system is not None, compilation.diagnostics
    return compilation.system


def _database(system: SystemIR) -> Database:
    return assemble(schema(system, compile_queries(system, True)))


def test_old_names_are_those_that_the_older_schema_has_and_new_ones_those_of_the_newer() -> None:
    after = _system(AFTER)
    job, task = _database(_system(BEFORE)).table(Name("job")), _database(after).table(Name("task"))
    facts = list(evolution(after))
    renamed = [fact for fact in facts if isinstance(fact, Renamed)]
    had = {"job", *(each.name for each in (*job.columns, *job.indexes, *job.checks))}
    has = {"task", *(each.name for each in (*task.columns, *task.indexes, *task.checks))}
    assert {(fact.kind, fact.old) for fact in renamed if fact.old in had} == {
        ("table", "job"),
        ("column", "title"),
        ("column", "owner_id"),
        ("column", "size"),
        ("index", "uq_job_title_size"),
        ("constraint", "ck_job_small"),
    }
    assert {fact.new for fact in renamed} <= has
    assert Renamed("constraint", Name("task"), "ck_task_small", "ck_task_light") in renamed
    assert [fact for fact in facts if isinstance(fact, Removed)] == [
        Removed("column", Name("task"), ("note", "note_id"), archive=False),
        Removed("table", None, ("scratch",), archive=True),
    ]


def test_values_and_backfills_are_sql_over_the_newer_columns() -> None:
    facts = list(evolution(_system(AFTER)))
    assert [fact for fact in facts if isinstance(fact, Relabelled)] == [
        Relabelled(Name("task"), column, old, new, array)
        for column, array in (("state", False), ("states", True))
        for old, new in (("shut", "closed"), ("lost", "open"))
    ]
    assert [fact for fact in facts if isinstance(fact, Backfilled)] == [
        Backfilled(Name("task"), "grade", "weight * 2")
    ]


def test_a_join_that_nobody_wrote_follows_the_names_of_its_sides() -> None:
    key, tag = "  id: uuid = uuid7() @id\n", "entity Tag {\n  id: uuid = uuid7() @id\n}\n"
    before = _system(f"entity Post {{\n{key}  tags: Tag[]\n}}\n{tag}")
    after = _system(f"entity Article @was(Post) {{\n{key}  tags: Tag[]\n}}\n{tag}")
    old = _database(before).table(Name("post_tag"))
    facts = [fact for fact in evolution(after) if isinstance(fact, Renamed)]
    assert Renamed("table", None, old.name.name, "article_tag") in facts
    assert Renamed("column", Name("article_tag"), old.columns[0].name, "article_id") in facts


def test_a_part_of_a_table_is_renamed_like_a_table() -> None:
    head = "entity Log @partition(list, at) {\n  at: int @id\n"
    system = _system(f"{head}  partition new in (1) @was(old)\n}}\n")
    assert list(evolution(system)) == [Renamed("table", None, "log_old", "log_new")]
