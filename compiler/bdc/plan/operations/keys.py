"""Unique constraints and primary keys: an index built beside the work of others becomes the constraint in an instant."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Key
from bdc.catalog.create import index_def
from bdc.ddl.names import Name, full, quote
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.making import alter, key, key_on, passing
from bdc.plan.operation import Phase, Refusal
from bdc.plan.operations import partitioned_keys
from bdc.plan.operations.duplicates import duplicates
from bdc.plan.operations.indexes import concurrent_build, place
from bdc.plan.operations.key_texts import index_of, using_text, whole_text
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_unique(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield _drop(context, table, old, "unique")
    elif old is None and _is_named_so(context, table, new):
        yield from _replace(context, table, None, new, "unique")
    elif old is None:
        yield from _add(context, table, new)
    elif definition(old) != definition(new):
        yield from _replace(context, table, old, new, "unique")


def plan_primary_key(context: Context, change: Change) -> Iterator[Step | Refusal]:
    """All in the contract: the columns have to be required first."""
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield _drop(context, table, old, "primary key")
    elif old is None or definition(old) != definition(new):
        yield from _replace(context, table, old, new, "primary key")


def _is_named_so(context: Context, table: Name, found: Key) -> bool:
    """Whether a unique index has the name until the contract."""
    before = context.old_tables.get(table)
    return before is not None and any(each.name == found.name for each in before.indexes)


def definition(key: Key) -> Key:
    return key.model_copy(update={"comment": None})


def _add(context: Context, table: Name, found: Key) -> Iterator[Step]:
    index = index_of(found, found.name)
    phase, rank = place(context, table, index)
    if context.is_partitioned(table):
        yield from partitioned_keys.set_key(context, table, None, found, "unique", phase, rank)
        return
    node = index_def(table, index, concurrently=True)
    yield concurrent_build(context, node, phase, rank, duplicates(context, table, index))
    yield Step(
        key=key("add-unique", table, found.name),
        title=f"{found.name} of {table.name} is a constraint",
        phase=phase,
        rank=rank + 2,
        statements=(alter(table, using_text(found, "unique", found.name)),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({key_on(table, found.columns)}),
        done=probes.constraint_exists(table, found.name),
        undo=(alter(table, f"drop constraint {quote(found.name)}"),),
    )


def _drop(context: Context, table: Name, found: Key, kind: str) -> Step:
    """In the contract: the old code may still ask for it by ON CONFLICT."""
    return Step(
        key=key(f"drop-{kind}", table, found.name),
        title=f"{found.name} of {table.name} goes",
        phase="contract",
        rank=46,
        statements=(alter(table, f"drop constraint {quote(found.name)}"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        needs=frozenset({f"unreferenced {full(table)}"}),
        done=probes.constraint_exists(table, found.name, exists=False),
        undo=(alter(table, f"add {whole_text(found, kind)}"),),
    )


def _replace(context: Context, table: Name, old: Key | None, new: Key, kind: str) -> Iterator[Step]:
    if context.is_partitioned(table):
        yield from partitioned_keys.set_key(context, table, old, new, kind, "contract", 40)
        return
    index = index_of(new, passing(new.name))
    node = replace(index_def(table, index, concurrently=True), name=index.name)
    checks = duplicates(context, table, index)
    phase: Phase = "contract" if kind == "primary key" else place(context, table, index)[0]
    build = concurrent_build(context, node, phase, 34 if phase == "contract" else 50, checks)
    if any(context.is_new_column(table, column) for column in new.columns):
        build = replace(build, phase="contract", rank=34)
    yield build
    gone = () if old is None else (alter(table, f"drop constraint {quote(old.name)}"),)
    back = () if old is None else (alter(table, f"add {whole_text(old, kind)}"),)
    yield Step(
        key=key(f"set-{kind}", table, new.name),
        title=f"{new.name} is the {kind} of {table.name}"
        if kind != "unique"
        else f"{new.name} of {table.name} is the new one",
        phase="contract",
        rank=46,
        statements=(*gone, alter(table, using_text(new, kind, index.name))),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({key_on(table, new.columns)}),
        needs=frozenset() if old is None else frozenset({f"unreferenced {full(table)}"}),
        done=f"{probes.constraint_exists(table, new.name)} and to_regclass('{full(Name(index.name, table.schema))}') is null",
        undo=(
            alter(table, f"drop constraint {quote(new.name)}"),
            *back,
        ),
    )
