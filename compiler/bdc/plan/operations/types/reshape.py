"""Values inside a column that change: members of structs that come, go or have another name, and values of enums in lists and structs.

Both versions read and write one column. So from the expansion on, a trigger gives every value that is written what either version needs;
rows that are there get it in batches; and with the contract, what only the old version knew is kept aside and taken out.
"""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Column
from bdc.ddl.names import Name, full, quote
from bdc.plan.context import Context
from bdc.plan.making import key, member
from bdc.plan.operation import DataCheck, Hazard, Refusal
from bdc.plan.operations.columns import archive
from bdc.plan.operations.columns.filling import fill, visible
from bdc.plan.operations.columns.sync_triggers import sync_texts, unsync_texts
from bdc.plan.operations.types.seal import seal_values
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step
from bdc.plan.value_changes import ValueChange
from bdc.plan.value_shifts import Shift, relabels, reshapes, strips
from bdc.plan.value_texts import Stage, shifted
from bdc.plan.worded import data_check


def reshape(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step | Refusal]:
    """Yield the steps from the values of `old` to those of `new`, where their shapes differ; or the refusals."""
    change = context.value_change(table, old, new)
    if change is None:
        return
    yield from change.refusals
    if change.seal is not None:
        yield from seal_values(context, table, new, change.seal)
    asked = value_checks(context, table, old, change)
    if change.shift is None:
        yield from (_asking(table, new, asked),) if asked else ()
        return
    yield from _steps(context, table, old, new, change.shift, asked, change.archive)


def _steps(
    context: Context,
    table: Name,
    old: Column,
    new: Column,
    shift: Shift,
    asked: tuple[DataCheck, ...],
    archived: bool,
) -> Iterator[Step]:
    if reshapes(shift):
        yield _begin(context, table, new, shift)
    first = _fill(context, table, new, shift, "both", "backfill", 10)
    yield replace(first, checks=asked, undo=tuple(_undone(context, table, new, shift)))
    if archived and strips(shift):
        yield archive.archive_column(context, context.old_tables[table], old)
    if reshapes(shift):
        yield _end(context, table, new, shift)
    if strips(shift) or relabels(shift):
        back = _restored(context, table, old, new, shift) if archived and strips(shift) else ()
        again = _back(context, table, new, shift, "both")
        last = _fill(context, table, new, shift, "new", "contract", 47)
        lost = (_loss(table, new, kept=archived),) if strips(shift) else ()
        yield replace(last, undo=(*back, *again), hazards=lost)


def value_checks(context: Context, table: Name, old: Column, change: ValueChange) -> tuple[DataCheck, ...]:
    """Return what is asked of the rows: values that will not be what the new version expects."""
    value = quote(old.name)
    later = shifted(value, change.shift, "new") if change.shift is not None else value
    found = []
    for question in change.questions:
        where = f"{value} is not null and {question.asks(f'({later})')}"
        rows = f"from {full(table)} where {where}"
        found.append(
            data_check(
                question.declared,
                question.path,
                sql=f"select count(*) {rows}",
                reads=(full(table),),
                table=table.name,
                path=question.path,
                values=question.values,
                query=f"select * {rows}",
            )
        )
    return tuple(found)


def _asking(table: Name, column: Column, asked: tuple[DataCheck, ...]) -> Step:
    """Nothing is done; the rows are only asked."""
    return Step(
        key=key("ask-values", table, column.name),
        title=f"All values of {member(table, column.name)} are as the new version expects them",
        phase="expand",
        rank=5,
        statements=(),
        checks=asked,
    )


def _begin(context: Context, table: Name, column: Column, shift: Shift) -> Step:
    return Step(
        key=key("keep-values", table, column.name),
        title=f"Values written to {member(table, column.name)} have what either version needs",
        phase="expand",
        rank=27,
        statements=_sync(table, column, shift),
        locks=context.locks(SHARE_ROW_EXCLUSIVE, table),
        undo=tuple(_undone(context, table, column, shift)),
    )


def _undone(context: Context, table: Name, column: Column, shift: Shift) -> Iterator[str]:
    """Without the trigger, which would give values again what is taken out of them."""
    if reshapes(shift):
        yield from unsync_texts(table, column.name, maybe=True)
    yield from _back(context, table, column, shift, "old")


def _sync(table: Name, column: Column, shift: Shift) -> tuple[str, ...]:
    written = f"new.{quote(column.name)}"
    body = f"  {written} := {shifted(written, shift, 'both', labels=False)};"
    return sync_texts(table, column.name, body, "insert or update")


def _end(context: Context, table: Name, column: Column, shift: Shift) -> Step:
    return Step(
        key=key("stop-keeping-values", table, column.name),
        title=f"Only the new version writes {member(table, column.name)}",
        phase="contract",
        rank=44,
        statements=unsync_texts(table, column.name),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=_sync(table, column, shift),
        hazards=(
            Hazard(
                code="NEW_CODE_ONLY", object=member(table, column.name), message="the old code cannot write"
            ),
        ),
    )


def _fill(
    context: Context, table: Name, column: Column, shift: Shift, stage: Stage, phase: str, rank: int
) -> Step:
    name = quote(column.name)
    expression = shifted(name, shift, stage)
    where = f"{name} is distinct from {expression}"
    label = f"{column.name}-values"
    return fill(
        context,
        table,
        column.name,
        expression,
        where,
        "contract" if phase == "contract" else "backfill",
        rank,
        label,
    )


def _back(context: Context, table: Name, column: Column, shift: Shift, stage: Stage) -> list[str]:
    name = quote(column.name)
    expression = shifted(name, shift, stage, labels=stage == "old")
    if expression == name:
        return []
    where = f"{name} is distinct from {expression}"
    return visible(context, table, f"update {full(table)} set {name} = {expression} where {where};")


def _restored(context: Context, table: Name, old: Column, new: Column, shift: Shift) -> list[str]:
    """Values that are still as the contract left them are again what they were before it."""
    keyed = archive.row_key(context.old_tables[table])
    if not keyed:
        return []
    name = quote(new.name)
    kept = f"kept.{quote(old.name)}"
    same = " and ".join(f"kept.{quote(part)} = back.{quote(part)}" for part in keyed)
    source = full(archive.archive_name(context, table, old.name))
    unchanged = f"back.{name} is not distinct from {shifted(kept, shift, 'new')}"
    statement = f"update {full(table)} as back set {name} = {kept} from {source} as kept where {same} and {unchanged};"
    return visible(context, table, statement)


def _loss(table: Name, column: Column, *, kept: bool) -> Hazard:
    message = (
        "members go: their values are kept in bdc_archive" if kept else "members go: their values are gone"
    )
    return Hazard(code="DROP_COLUMN", object=member(table, column.name), message=message)
