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
from bdc.plan.operations.keys import partitioned_keys
from bdc.plan.operations.keys.duplicates import duplicates
from bdc.plan.operations.keys.indexes import concurrent_build, place
from bdc.plan.operations.keys.key_texts import index_of, using_text, whole_text
from bdc.plan.operations.keys.tied import (
    free,
    is_made_here,
    proofs,
    unreferenced,
    with_back,
    with_leaving,
    with_tied,
)
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_unique(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield from _drop(context, table, old, "unique")
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
        yield from _drop(context, table, old, "primary key")
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
    undo: tuple[str, ...] = (alter(table, f"drop constraint {quote(found.name)}"),)
    if phase != "contract":
        undo = with_leaving(context, table, found.columns, undo)
    yield Step(
        key=key("add-unique", table, found.name),
        title=f"{found.name} of {table.name} is a constraint",
        phase=phase,
        rank=rank + 2,
        statements=(alter(table, using_text(found, "unique", found.name)),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({key_on(table, found.columns)}),
        done=probes.constraint_exists(table, found.name),
        undo=with_back(context, table, found.columns, undo),
    )


def _drop(context: Context, table: Name, found: Key, kind: str) -> Iterator[Step]:
    """In the contract: the old code may still ask for it by ON CONFLICT."""
    gone = Step(
        key=key(f"drop-{kind}", table, found.name),
        title=f"{found.name} of {table.name} goes",
        phase="contract",
        rank=46,
        statements=(alter(table, f"drop constraint {quote(found.name)}"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({free(table, found.columns)}),
        needs=frozenset({unreferenced(table, found.columns)}),
        done=probes.constraint_exists(table, found.name, exists=False),
        undo=(alter(table, f"add {whole_text(found, kind)}"),),
    )
    yield from _tied(context, gone, table, found)


def _tied(context: Context, step: Step, table: Name, gone: Key, made: Key | None = None) -> Iterator[Step]:
    """Yield the step by which a key goes (and `made` comes), and what proves the references that it made again."""
    here = made is not None and set(made.columns) == set(gone.columns)
    back = here or not is_made_here(context, table, gone.columns)
    yield with_tied(context, step, table, gone.columns, back=back)
    yield from proofs(context, table, gone.columns)


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
    undo = (alter(table, f"drop constraint {quote(new.name)}"), *back)
    made = Step(
        key=key(f"set-{kind}", table, new.name),
        title=f"{new.name} is the {kind} of {table.name}"
        if kind != "unique"
        else f"{new.name} of {table.name} is the new one",
        phase="contract",
        rank=46,
        statements=(*gone, alter(table, using_text(new, kind, index.name))),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({key_on(table, new.columns), *(() if old is None else (free(table, old.columns),))}),
        needs=frozenset() if old is None else frozenset({unreferenced(table, old.columns)}),
        done=f"{probes.constraint_exists(table, new.name)} and to_regclass('{full(Name(index.name, table.schema))}') is null",
        undo=undo
        if old is not None and set(old.columns) == set(new.columns)
        else with_back(context, table, new.columns, undo),
    )
    if old is None:
        yield made
    else:
        yield from _tied(context, made, table, old, new)
