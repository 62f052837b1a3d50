"""Columns that come and go."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Column, StructShape
from bdc.catalog.create import column_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text, literal
from bdc.diagnostics.catalogue.plan import COMPUTED_AS_NULL
from bdc.plan import likeness, probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, key, member, passing
from bdc.plan.operation import DataCheck, Hazard, Refusal
from bdc.plan.operations.columns import archive
from bdc.plan.operations.columns.added import add_rewriting, add_step, is_judged
from bdc.plan.operations.columns.column_changes import change_column
from bdc.plan.operations.columns.filling import fill_missing, visible
from bdc.plan.operations.columns.identity_options import identity_clause
from bdc.plan.operations.columns.required import require
from bdc.plan.operations.columns.sync_triggers import fill_on_insert
from bdc.plan.operations.columns.values import numbering_text
from bdc.plan.operations.keys.filled_keys import asked
from bdc.plan.operations.types.dual_write import rename_dually
from bdc.plan.refusals import cannot_plan, removed_unsaid, renamed_or_removed, required_without_value
from bdc.plan.sql_identifiers import is_volatile, speaks_of
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.worded import data_check


def plan_column(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table = change.table
    assert table is not None
    if change.old is None:
        yield from _add(context, table, change.new)
    elif change.new is None:
        yield from _drop(context, table, change.old)
    else:
        yield from change_column(context, table, change.old, change.new)


def _add(context: Context, table: Name, column: Column) -> Iterator[Step | Refusal]:
    """A value that is the same for all rows costs nothing; any other is filled in."""
    given = context.backfill(table, column.name)
    twin = context.renamed.get((table, column.name))
    if speaks_of(column.generated, context.retyped.get(table, frozenset())):
        what = f"{member(table, column.name)} is computed from a column that gets another type"
        yield cannot_plan(
            what, "PostgreSQL changes no type under it", "compute it in a migration after this one"
        )
    elif twin is not None:
        yield from rename_dually(context, table, context.old_tables[table].column(twin), column)
    elif column.identity is not None and not context.is_partitioned(table):
        yield from _add_numbered(context, table, column)
    elif (
        is_judged(context, column)
        or column.identity is not None
        or (column.generated is not None and not column.virtual)
    ):
        step = add_rewriting(context, table, column)
        yield replace(step, checks=(*step.checks, *_computed_empty(context, table, column)))
    elif given is not None or is_volatile(column.default):
        yield from _add_filled(context, table, column, given if given is not None else column.default or "")
    elif column.not_null and column.default is None and column.generated is None:
        if not _is_moved(context, table) and not _looks_renamed(context, table, column):
            yield required_without_value(table, column.name)
    elif column.virtual and column.not_null:
        # who adds it as required reads the whole table, and what it is computed from may not be there yet
        yield add_step(context, table, column.model_copy(update={"not_null": False}))
        yield from require(context, table, column.name, "contract")
    else:
        yield add_step(context, table, column)


def _computed_empty(context: Context, table: Name, column: Column) -> tuple[DataCheck, ...]:
    """Ask for rows whose computed value would be null where it is required. It is computed from columns that are there."""
    if column.generated is None or not column.not_null or context.is_fresh(table):
        return ()
    there = {each.name for each in context.old_tables[table].columns}
    fresh = {each.name for each in context.new_tables[table].columns if each.generated is None} - there
    if speaks_of(column.generated, fresh):
        return ()
    return (
        data_check(
            COMPUTED_AS_NULL,
            member(table, column.name),
            sql=f"select count(*) from {full(table)} where ({column.generated}) is null",
            reads=(full(table),),
            table=table.name,
            column=column.name,
            query=f"select * from {full(table)} where ({column.generated}) is null",
        ),
    )


def _is_moved(context: Context, table: Name) -> bool:
    """Whether a struct moves into columns, or out of them: that is refused once."""
    known, kept = (
        {each.name for each in tables[table].columns} for tables in (context.old_tables, context.new_tables)
    )
    fresh = [each for each in context.new_tables[table].columns if each.name not in known]
    lost = [each for each in context.old_tables[table].columns if each.name not in kept]
    unsaid = (each for each in lost if context.removal("column", table, each.name) is None)
    return any(_moves_into_columns(each, fresh) for each in unsaid)


def _looks_renamed(context: Context, table: Name, column: Column) -> bool:
    """Whether one that is gone without a word is asked about instead: that question comes first."""
    kept = {each.name for each in context.new_tables[table].columns}
    lost = [each for each in context.old_tables[table].columns if each.name not in kept]
    unsaid = [each for each in lost if context.removal("column", table, each.name) is None]
    return any(likeness.of_columns(each, column) >= likeness.ENOUGH for each in unsaid)


def _add_numbered(context: Context, table: Name, column: Column) -> Iterator[Step]:
    """A sequence numbers new rows, batches the old ones; then the column numbers by itself, from there on."""
    name, sequence = quote(column.name), Name(passing(f"{table.name}_{column.name}", "numbers"), table.schema)
    made, gone = f"create sequence {full(sequence)};", f"drop sequence {full(sequence)};"
    number = f"nextval({literal(full(sequence))}::regclass)"
    default = alter(table, f"alter column {name} set default {number}")
    bare = column.model_copy(update={"not_null": False, "identity": None, "default": None})
    yield replace(
        add_step(context, table, bare, default, back=()),
        statements=(made, alter(table, f"add column {column_text(column_def(bare))}"), default),
        undo=(alter(table, f"drop column {name}"), gone),
    )
    yield fill_missing(context, table, column.name, number)
    yield from require(context, table, column.name, "backfill")
    taken = alter(table, f"alter column {name} drop default")
    after = f"(select last_value from {full(sequence)})"
    own = f"pg_get_serial_sequence({literal(full(table))}, {literal(column.name)})"
    yield Step(
        key=key("number", table, column.name),
        title=f"{member(table, column.name)} numbers rows by itself",
        phase="backfill",
        rank=36,
        statements=(
            taken,
            alter(table, f"alter column {name} add {identity_clause(column)}"),
            f"select setval({own}, {after}, true);",
            gone,
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        alone=True,
        undo=(
            made,
            *visible(context, table, numbering_text(table, column.name, literal(full(sequence)))),
            alter(table, f"alter column {name} drop identity"),
            default,
        ),
    )


def _add_filled(context: Context, table: Name, column: Column, expression: str) -> Iterator[Step]:
    """While the old code runs, its rows have the default, or are filled when they are written, or, where the expression asks other
    tables, are filled again with the contract."""
    bare = column.model_copy(update={"not_null": False, "default": None})
    default = (
        (alter(table, f"alter column {quote(column.name)} set default {column.default}"),)
        if column.default is not None
        else ()
    )
    yield add_step(context, table, bare, *default)
    yield asked(context, fill_missing(context, table, column.name, expression), table, column.name)
    if column.default is None:
        yield from fill_on_insert(context, table, column, expression)
    if column.not_null:
        yield from require(
            context, table, column.name, "backfill" if column.default is not None else "contract"
        )


def _drop(context: Context, table: Name, column: Column) -> Iterator[Step | Refusal]:
    if column.name in (old for (owner, _), old in context.renamed.items() if owner == table):
        return  # the rename takes it away
    removal = context.removal("column", table, column.name)
    if removal is None:
        yield _unsaid(context, table, column)
        return
    kept = removal.archive and column.generated is None
    in_key = column.name in archive.row_key(context.old_tables[table])
    if kept:
        yield archive.archive_column(context, context.old_tables[table], column)
    if not in_key and _is_given(column):
        yield _release(context, table, column)
    keyed = bool(archive.keyed_by(context, context.old_tables[table], column)) or not column.not_null
    restorable = (kept and keyed) or column.generated is not None
    whole = member(table, column.name)
    lost = "are kept, but no key says which row each belongs to" if kept else "were declared worthless"
    yield Step(
        key=key("drop-column", table, column.name),
        title=f"Column {whole} goes",
        phase="contract",
        rank=50,
        statements=(alter(table, f"drop column {quote(column.name)}"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        needs=frozenset({f"free column {full(table)} {column.name}"}),
        done=probes.column_exists(table, column.name, exists=False),
        ready=probes.column_exists(table, column.name),
        undo=tuple(_back(context, table, column, kept=kept)) if restorable else None,
        irreversible=None if restorable else f"the values of {whole} {lost}",
        hazards=(
            Hazard(
                code="DROP_COLUMN",
                object=whole,
                message="its values are kept in bdc_archive" if kept else "its values are gone",
            ),
            *(_refused(whole) for _ in [column] if in_key and _is_given(column)),
        ),
    )


def _refused(whole: str) -> Hazard:
    message = f"the new version cannot add rows before the contract: {whole} is part of the key until then"
    return Hazard(code="ROWS_REFUSED", object=whole, message=message)


def _is_given(column: Column) -> bool:
    """Whether each row has to be given a value."""
    own = (column.default, column.identity, column.generated)
    return column.not_null and all(each is None for each in own)


def _unsaid(context: Context, table: Name, column: Column) -> Refusal:
    """Gone without a word: the more alike a new one is, the more it looks like a rename."""
    known = {each.name for each in context.old_tables[table].columns}
    fresh = [each for each in context.new_tables[table].columns if each.name not in known]
    if _moves_into_columns(column, fresh):
        return cannot_plan(
            member(table, column.name),
            "a struct moves into columns of its own, which the version that runs does not write",
            f"add a field under another name beside it, move to that, then write `dropped {column.name}`",
        )
    alike = max(fresh, key=lambda each: likeness.of_columns(column, each), default=None)
    if alike is not None and likeness.of_columns(column, alike) >= likeness.ENOUGH:
        return renamed_or_removed("column", spelled(table), column.name, alike.name)
    return removed_unsaid("column", spelled(table), column.name)


def _moves_into_columns(column: Column, fresh: list[Column]) -> bool:
    """Whether a struct in one column has its members in columns from now on, or the other way round."""
    names = {each.name for each in fresh}
    if isinstance(column.shape, StructShape):
        return {f"{column.name}_{each.name}" for each in column.shape.members} <= names
    whole = (each for each in fresh if isinstance(each.shape, StructShape))
    return any(
        column.name in {f"{each.name}_{part.name}" for part in each.shape.members}
        for each in whole
        if isinstance(each.shape, StructShape)
    )


def _release(context: Context, table: Name, column: Column) -> Step:
    """The new code does not write it: from the expansion on it may be empty."""
    return Step(
        key=key("release", table, column.name),
        title=f"{member(table, column.name)} may be empty: the new code does not know it",
        phase="expand",
        rank=26,
        statements=(alter(table, f"alter column {quote(column.name)} drop not null"),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=(alter(table, f"alter column {quote(column.name)} set not null"),),
    )


def _back(context: Context, table: Name, column: Column, *, kept: bool) -> Iterator[str]:
    released = _is_given(column) and column.name not in archive.row_key(context.old_tables[table])
    numbered = kept and column.identity is not None
    again = column.model_copy(
        update={
            "not_null": column.not_null and not released and column.identity is not None,
            "identity": "by default"
            if numbered
            else column.identity,  # a value that is always generated cannot be written
        }
    )
    yield alter(table, f"add column {column_text(column_def(again))}")
    if kept:
        for statement in archive.restore_column(context, context.old_tables[table], column):
            yield from visible(context, table, statement)
    if numbered:
        yield from visible(context, table, numbering_text(table, column.name))
        yield alter(table, f"alter column {quote(column.name)} set generated {column.identity}")
    if column.not_null and not released and column.identity is None:
        yield alter(table, f"alter column {quote(column.name)} set not null")
