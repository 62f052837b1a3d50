"""Foreign keys on tables that exist: added NOT VALID, which scans nothing, and validated afterwards, which blocks no session."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import ForeignKey
from bdc.catalog.create import foreign_key_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import AddForeignKey
from bdc.ddl.printer import print_statement
from bdc.diagnostics.catalogue.plan import ORPHANS
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, constraint, key, key_on, member, passing
from bdc.plan.operation import DataCheck, Phase, Refusal
from bdc.plan.operations.keys import tied
from bdc.plan.refusals import cannot_plan
from bdc.plan.shadow_columns import reference_of, shadow_names
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step
from bdc.plan.worded import data_check


def plan_foreign_key(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield drop_foreign_key(context, table, old)
    elif old is not None and tied.is_tied(context, table, new):
        return  # made again with the key that it stands on
    elif old is None:
        yield from add_foreign_key(context, table, new)
    elif definition(old) != definition(new):
        yield from _replace(context, table, old, new)
    elif new.valid and not old.valid:
        gone = alter(table, f"drop constraint {quote(new.name)}")
        yield replace(
            tied.validate(context, table, new, new.name),
            undo=(gone, *_again(context, table, old)),
            checks=_orphans(context, table, new),
        )


def meant_otherwise(context: Context, change: Change) -> Refusal | None:
    """Return the refusal of a reference whose values would say other rows: they are those of another column of its target from now on."""
    new, table = change.new, change.table
    before = context.old_tables.get(table) if table is not None else None
    if new is None or table is None or before is None:
        return None
    pairs = dict(zip(new.columns, new.target_columns, strict=True))
    for old in before.foreign_keys:
        for ours, theirs in zip(old.columns, old.target_columns, strict=True):
            told = ours in context.retyped.get(table, ()) and context.replaces(table, ours)
            if old.target == new.target and pairs.get(ours, theirs) != theirs and not told:
                return _other_rows(table, ours, new.target, theirs, pairs[ours])
    return None


def _other_rows(table: Name, column: str, target: Name, old: str, new: str) -> Refusal:
    expression = f"(select {new} from {full(target)} as there where there.{quote(old)} = {full(table)}.{quote(column)})"
    return cannot_plan(
        member(table, column),
        f"it holds {spelled(target)}.{old}, and would be read as {spelled(target)}.{new}: other rows, or none",
        f'add a field for the reference under another name with `@backfill(sql("{expression}"))`, then write `dropped` for this one',
    )


def definition(key: ForeignKey) -> ForeignKey:
    return key.model_copy(update={"valid": True, "comment": None})


def add_foreign_key(
    context: Context, table: Name, found: ForeignKey, name: str = "", *, late: bool = False
) -> Iterator[Step]:
    """Yield the steps; `name` is what it is called for now. `late`: in the contract, after its columns have got their types."""
    name = name or found.name
    if context.is_partitioned(table) and found.valid:
        yield from _add_by_parts(context, table, found, name, late=late)
        return
    yield _add_unproved(context, table, found, name, late=late)
    if found.valid:
        yield tied.validate(context, table, found, name, late=late)


def _add_unproved(context: Context, table: Name, found: ForeignKey, name: str, *, late: bool) -> Step:
    node = AddForeignKey(table, replace(foreign_key_def(found), name=name), valid=False)
    return Step(
        key=key("add-foreign-key", table, name),
        title=f"{spelled(table)} refers to {spelled(found.target)}",
        phase="contract" if late else "expand",
        rank=54,
        statements=(print_statement(node),),
        locks=context.locks(SHARE_ROW_EXCLUSIVE, table, found.target),
        needs=_needed(table, found),
        makes=frozenset({constraint(table, name)}),
        alone=True,
        done=probes.constraint_exists(table, name),
        ready=probes.constraint_exists(table, name, exists=False),
        undo=(alter(table, f"drop constraint {quote(name)}"),),
        checks=_orphans(context, table, found),
    )


def _add_by_parts(
    context: Context, table: Name, found: ForeignKey, name: str, *, late: bool
) -> Iterator[Step]:
    """The reference of a partitioned table takes those of its partitions, where they are the same, and reads nothing then. (NOT VALID on
    the whole is PostgreSQL 18's.)"""
    for leaf in context.leaves(table):
        gone = alter(leaf, f"drop constraint if exists {quote(name)}")  # it goes with that of the whole
        added = _add_unproved(context, leaf, found, name, late=late)
        yield replace(added, undo=(gone,), needs=_needed(table, found), checks=())  # the whole asks
        yield tied.validate(context, leaf, found, name, late=late)
    node = AddForeignKey(table, replace(foreign_key_def(found), name=name), valid=True)
    yield replace(
        _add_unproved(context, table, found, name, late=late),
        title=f"{spelled(table)} refers to {spelled(found.target)} as its partitions do",
        phase="contract" if late else "backfill",
        rank=57 if late else 31,
        statements=(print_statement(node),),
        locks=context.locks(SHARE_ROW_EXCLUSIVE, table) | context.locks(ACCESS_EXCLUSIVE, found.target),
        needs=_needed(table, found) | {constraint(leaf, name) for leaf in context.leaves(table)},
    )


def _needed(table: Name, found: ForeignKey) -> frozenset[str]:
    columns = (f"column {full(table)} {column}" for column in found.columns)
    target = (key_on(found.target, found.target_columns), tied.free(found.target, found.target_columns))
    return frozenset({*target, *columns})


def _orphans(context: Context, table: Name, found: ForeignKey) -> tuple[DataCheck, ...]:
    """Rows that refer to nothing, where both sides are there already."""
    new_column = any(context.is_new_column(table, column) for column in found.columns)
    new_target = any(context.is_new_column(found.target, column) for column in found.target_columns)
    filled = any(context.backfill(table, column) is not None for column in found.columns)
    if not found.valid or new_column or new_target or filled:
        return ()
    pairs = zip(found.columns, found.target_columns, strict=True)
    same = " and ".join(f"there.{quote(theirs)} = here.{quote(ours)}" for ours, theirs in pairs)
    given = " and ".join(f"here.{quote(column)} is not null" for column in found.columns)
    exists = (
        "false"
        if context.is_fresh(found.target)
        else f"exists (select from {full(found.target)} as there where {same})"
    )
    return (
        data_check(
            ORPHANS,
            member(table, found.name),
            sql=f"select count(*) from {full(table)} as here where {given} and not {exists}",
            reads=tuple(full(each) for each in (table, found.target) if not context.is_fresh(each)),
            table=table.name,
            target=found.target.name,
            query=f"select * from {full(table)} as here where {given} and not {exists}",
        ),
    )


def drop_foreign_key(context: Context, table: Name, found: ForeignKey, phase: Phase = "expand") -> Step:
    """Loosened at once. Both tables are locked; so it is not done while anything else is."""
    return Step(
        key=key("drop-foreign-key", table, found.name),
        title=f"{spelled(table)} no longer refers to {spelled(found.target)}",
        phase=phase,
        rank=70 if phase == "expand" else 44,
        statements=(alter(table, f"drop constraint {quote(found.name)}"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table, found.target),
        makes=frozenset(
            {f"unreferenced {full(found.target)}", tied.unreferenced(found.target, found.target_columns)}
        ),
        alone=True,
        done=probes.constraint_exists(table, found.name, exists=False),
        undo=_again(context, table, found),
    )


def _again(context: Context, table: Name, found: ForeignKey) -> tuple[str, ...]:
    """Return what makes a reference again and proves it. Rows that are seen lead to rows that forced row level security hides from the
    owner: it is let go meanwhile."""
    made = print_statement(AddForeignKey(table, foreign_key_def(found), found.valid))
    if not found.valid or context.is_forced(table) or not context.is_forced(found.target):
        return (made,)
    free, held = (alter(found.target, f"{word} row level security") for word in ("no force", "force"))
    return (free, made, held)


def _replace(context: Context, table: Name, old: ForeignKey, new: ForeignKey) -> Iterator[Step]:
    """The new one is there, and proved, before the old one goes."""
    name = passing(new.name)
    yield from add_foreign_key(context, table, new, name)
    yield Step(
        key=key("replace-foreign-key", table, new.name),
        title=f"The old {new.name} of {spelled(table)} goes",
        phase="contract",
        rank=20,
        statements=(
            alter(table, f"drop constraint {quote(old.name)}"),
            alter(table, f"rename constraint {quote(name)} to {quote(new.name)}"),
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, *dict.fromkeys((table, old.target, new.target))),
        needs=frozenset({tied.proved(table, name), constraint(table, name)}),
        makes=frozenset(
            {f"unreferenced {full(old.target)}", tied.unreferenced(old.target, old.target_columns)}
        ),
        alone=True,
        done=probes.constraint_exists(table, name, exists=False),
        undo=(
            alter(table, f"rename constraint {quote(new.name)} to {quote(name)}"),
            *_again(context, table, old),
        ),
    )


def pass_reference(context: Context, table: Name, found: ForeignKey) -> Iterator[Step]:
    """Yield what makes a reference between columns that stand in for others, and gives it its name before they get theirs."""
    ours, theirs = shadow_names(context, table), shadow_names(context, found.target)
    name = passing(found.name)
    passed = reference_of(found, ours, theirs)
    for step in add_foreign_key(context, table, passed, name):
        if step.phase == "expand":
            gone = alter(table, f"drop constraint if exists {quote(name)}")
            yield replace(
                step, phase="backfill", rank=25, checks=_orphans(context, table, found), undo=(gone,)
            )
        else:
            yield step
    before = context.old_tables[table]
    old = next((each for each in before.foreign_keys if each.name == found.name), None)
    dropped = () if old is None else (alter(table, f"drop constraint {quote(old.name)}"),)
    yield Step(
        key=key("replace-foreign-key", table, found.name),
        title=f"{found.name} of {spelled(table)} stands on the new columns",
        phase="contract",
        rank=44,
        statements=(*dropped, alter(table, f"rename constraint {quote(name)} to {quote(found.name)}")),
        locks=context.locks(ACCESS_EXCLUSIVE, *dict.fromkeys((table, found.target))),
        alone=True,
        done=probes.constraint_exists(table, name, exists=False),
        undo=(
            alter(table, f"drop constraint if exists {quote(found.name)}"),
            *(_again(context, table, old) if old is not None else ()),
        ),
    )
