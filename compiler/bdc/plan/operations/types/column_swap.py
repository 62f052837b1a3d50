"""Columns of another type, exchanged: a second column is kept in step by a trigger, filled in batches, given everything that stands
on the first, and takes its name in one short transaction of the contract."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bdc.catalog import Column, ForeignKey, Table
from bdc.catalog.create import column_def, index_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text
from bdc.plan import probes
from bdc.plan import shadow_columns as shadows
from bdc.plan.context import Context
from bdc.plan.dependents import around_column
from bdc.plan.making import alter, constraint, key, member, passing
from bdc.plan.operations.columns.filling import fill, is_forced
from bdc.plan.operations.columns.required import left_empty, require
from bdc.plan.operations.columns.sync_triggers import of_row, sync_texts, unsync_texts
from bdc.plan.operations.columns.values import value_texts
from bdc.plan.operations.keys import foreign_keys, key_texts
from bdc.plan.operations.keys.checks import unproved_text, validate
from bdc.plan.operations.keys.duplicates import duplicates
from bdc.plan.operations.keys.indexes import concurrent_build
from bdc.plan.operations.types import retire, retype
from bdc.plan.operations.types.conversions import conversion
from bdc.plan.operations.types.fitting import fits, guarded, settle
from bdc.plan.operations.types.members import Members, add_texts, drop_texts, members_on, said_texts
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.typing_rules import differ

Pairs = list[tuple[Column, Column]]


def plan_retyped(context: Context) -> Iterator[Step]:
    """Plan every table with columns of another type, and every reference that stands on one."""
    for table, columns in context.retyped.items():
        before, after = context.old_tables[table], context.new_tables[table]
        pairs = [(before.column(name), after.column(name)) for name in sorted(columns)]
        names = shadows.shadow_names(context, table)
        yield from (
            _exchange(context, after, pairs, names) if names else (retype.at_once(context, table, pairs),)
        )
    yield from _references(context)


def _exchange(context: Context, after: Table, pairs: Pairs, names: Mapping[str, str]) -> Iterator[Step]:
    table = after.name
    found = members_on(after, names)
    types = {name.name: retire.next_type(name).name for name in context.remade}
    for old, new in pairs:
        yield from _second(context, table, old, new, names[new.name])
    yield from _indexes(context, table, found, names, types)
    for check in found.checks:
        passed = shadows.check_of(check, names, types).model_copy(update={"name": passing(check.name)})
        yield Step(
            key=key("add-check", table, passed.name),
            title=f"New rows of {table.name} are held to {check.name} in the new type",
            phase="contract",
            rank=30,
            statements=(alter(table, unproved_text(passed)),),
            locks=context.locks(ACCESS_EXCLUSIVE, table),
            makes=frozenset({constraint(table, passed.name)}),
            done=probes.constraint_exists(table, passed.name),
            undo=(alter(table, f"drop constraint if exists {quote(passed.name)}"),),
        )
        yield validate(context, table, passed.name, "contract", 32)
    yield _swap(context, after, pairs, names, found)


def _second(context: Context, table: Name, old: Column, new: Column, name: str) -> Iterator[Step]:
    fitting = fits(context, table, old, new) or retire.kept_values(context, old, new)
    whole = retire.moved_value(context, old, new) or conversion(context, table, old, new)
    expression = guarded(old, whole, fitting)
    bare = Column(name=name, type=retire.moved_type(context, new.type), collation=new.collation)
    value = of_row(expression, (old.name,))
    unlike = differ(f"new.{quote(name)}", value, bare.type)
    yield Step(
        key=key("shadow", table, new.name),
        title=f"{member(table, new.name)} as {new.type}, kept in step beside the old one",
        phase="expand",
        rank=25,
        statements=(
            alter(table, f"add column {column_text(column_def(bare))}"),
            *sync_texts(table, name, f"  new.{quote(name)} := {value};", "insert or update", unlike),
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.column_exists(table, name),
        ready=probes.column_exists(table, name, exists=False),
        checks=(
            *retype.unfit(context, table, old, new),
            *retire.held_values(context, table, old, new),
            *left_empty(context, table, old, new, whole),
        ),
        undo=(*unsync_texts(table, name, maybe=True), alter(table, f"drop column if exists {quote(name)}")),
    )
    yield fill(context, table, name, expression, differ(quote(name), expression, new.type))
    if fitting is not None:
        yield settle(context, table, old, name, expression, fitting)
    if new.not_null:
        for step in require(context, table, name, "contract"):
            # The way back of the exchange has taken the second column already.
            yield replace(step, undo=()) if step.key.startswith("set-not-null") else step


def _indexes(
    context: Context, table: Name, found: Members, names: Mapping[str, str], types: Mapping[str, str]
) -> Iterator[Step]:
    primary = [found.primary_key] if found.primary_key is not None else []
    built = [key_texts.index_of(each, each.name) for each in (*primary, *found.uniques)]
    for index in [*built, *found.indexes]:
        passed = shadows.index_of(index, names, types).model_copy(update={"name": passing(index.name)})
        node = index_def(table, passed, concurrently=True)
        known = all(
            part.column is not None and not context.is_new_column(table, part.column) for part in index.keys
        )
        said = any(context.backfill(table, part.column or "") is not None for part in index.keys)
        asked = known and (said or not _is_there(context, table, index.name))
        yield concurrent_build(
            context, node, "backfill", 20, duplicates(context, table, index) if asked else ()
        )


def _is_there(context: Context, table: Name, name: str) -> bool:
    before = context.old_tables[table]
    names = {each.name for each in before.uniques} | {each.name for each in before.indexes}
    return name in names or (before.primary_key is not None and before.primary_key.name == name)


def _swap(context: Context, after: Table, pairs: Pairs, names: Mapping[str, str], found: Members) -> Step:
    table, before = after.name, context.old_tables[after.name]
    replaced = _replaced(before, names, found)
    around = around_column(context.new, table, names)
    soon, end, again = retire.names_change(context, table)
    back = list(retype.direct_texts(context.new, after, before, retype.way_back(context, pairs)))
    return Step(
        key=key("exchange", table, *names),
        title=f"{member(table, ', '.join(names))}: the new type takes the name",
        phase="contract",
        rank=45,
        statements=(
            *around.before,
            *(text for name in names.values() for text in unsync_texts(table, name)),
            *_columns(context, table, names),
            *soon,
            *drop_texts(table, replaced),
            *_members(table, found),
            *(text for _, new in pairs for text in value_texts(table, new, is_forced(context, table))),
            *said_texts(after, names, found),
            *around.after,
            *end,
        ),
        locks={
            **context.locks(ACCESS_EXCLUSIVE, table),
            **context.locks_one(ACCESS_EXCLUSIVE, *around.tables),
            **around.locks,
        },
        alone=True,
        undo=(*_unreferenced(context, table), *again, *back, *add_texts(table, replaced))
        if retype.has_way_back(context, table, pairs)
        else None,
        hazards=(*around.hazards, *retype.narrowing(table, pairs), *retype.unlike(context, table, pairs)),
    )


def _replaced(before: Table, names: Mapping[str, str], found: Members) -> Members:
    """Return what has the name, or is the primary key, of something that stands on the new columns, and stood on others: it does not
    go with the old ones."""
    ours = members_on(before, names)
    taken = {each.name for each in found.uniques} | {each.name for each in found.checks}
    taken |= {each.name for each in found.indexes}
    primary = before.primary_key if found.primary_key is not None and ours.primary_key is None else None
    return Members(
        primary_key=primary,
        uniques=tuple(each for each in before.uniques if each.name in taken and each not in ours.uniques),
        checks=tuple(each for each in before.checks if each.name in taken and each not in ours.checks),
        exclusions=(),
        indexes=tuple(each for each in before.indexes if each.name in taken and each not in ours.indexes),
    )


def _columns(context: Context, table: Name, names: Mapping[str, str]) -> Iterator[str]:
    for sequence in context.new.sequences:
        if sequence.owner is not None and sequence.owner[0] == table and sequence.owner[1] in names:
            second = names[sequence.owner[1]]
            yield f"alter sequence {full(sequence.name)} owned by {full(table)}.{quote(second)};"
    for name, second in names.items():
        yield alter(table, f"drop column {quote(name)}")
        yield alter(table, f"rename column {quote(second)} to {quote(name)}")


def _members(table: Name, found: Members) -> Iterator[str]:
    if found.primary_key is not None:
        key_name = passing(found.primary_key.name)
        yield alter(table, key_texts.using_text(found.primary_key, "primary key", key_name))
    for unique in found.uniques:
        yield alter(table, key_texts.using_text(unique, "unique", passing(unique.name)))
    for index in found.indexes:
        old = full(Name(passing(index.name), table.schema))
        yield f"alter index {old} rename to {quote(index.name)};"
    for check in found.checks:
        yield alter(table, f"rename constraint {quote(passing(check.name))} to {quote(check.name)}")


def _unreferenced(context: Context, table: Name) -> Iterator[str]:
    """What refers to the columns, or from them, comes back after them."""
    for each in context.new.tables:
        for found in each.foreign_keys:
            if context.touches(each.name, found) and table in (each.name, found.target):
                yield alter(each.name, f"drop constraint if exists {quote(found.name)}")


def _references(context: Context) -> Iterator[Step]:
    """A reference is made, and proved, between the second columns; where there are none, it goes before and comes back after."""
    new_names = {
        (table.name, found.name): found for table in context.new.tables for found in table.foreign_keys
    }
    for table in context.old.tables if context.retyped else ():
        for found in table.foreign_keys:
            after = new_names.get((table.name, found.name))
            passed = after is not None and _is_passed(context, table.name, after)
            if context.touches(table.name, found) and table.name in context.new_tables and not passed:
                yield foreign_keys.drop_foreign_key(context, table.name, found, "contract")
    for table in context.new.tables if context.retyped else ():
        for found in table.foreign_keys:
            if context.touches(table.name, found):
                if _is_passed(context, table.name, found):
                    yield from foreign_keys.pass_reference(context, table.name, found)
                else:
                    yield from foreign_keys.add_foreign_key(context, table.name, found, late=True)


def _is_passed(context: Context, table: Name, found: ForeignKey) -> bool:
    """Whether all columns of another type, on both sides, have a second one."""
    if context.is_fresh(table):
        return False
    sides = ((table, found.columns), (found.target, found.target_columns))
    return all(
        column in shadows.shadow_names(context, side)
        for side, columns in sides
        for column in columns
        if column in context.retyped.get(side, frozenset())
    )
