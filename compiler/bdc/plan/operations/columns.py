"""Columns that come and go."""

from collections.abc import Iterator

from bdc.catalog import Column
from bdc.catalog.create import column_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context, locks
from bdc.plan.hints import spelled
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations import archive
from bdc.plan.refusals import cannot_plan, removed_unsaid, required_without_value
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_column(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table = change.table
    assert table is not None
    if change.old is None:
        yield from _add(context, table, change.new)
    elif change.new is None:
        yield from _drop(context, table, change.old)
    else:
        yield cannot_plan(
            f"{spelled(table)}.{change.name}", "no operation changes this column", "write it by hand"
        )


def _add(context: Context, table: Name, column: Column) -> Iterator[Step | Refusal]:
    if column.not_null and column.default is None and column.identity is None:
        yield required_without_value(table, column.name)
        return
    yield Step(
        key=f"add-column-{spelled(table)}-{column.name}",
        title=f"Column {spelled(table)}.{column.name}",
        phase="expand",
        rank=40,
        statements=(f"alter table {full(table)} add column {column_text(column_def(column))};",),
        locks=locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({f"column {full(table)} {column.name}"}),
        done=probes.column_exists(table, column.name),
        ready=probes.column_exists(table, column.name, exists=False),
        undo=(f"alter table {full(table)} drop column {quote(column.name)};",),
    )


def _drop(context: Context, table: Name, column: Column) -> Iterator[Step | Refusal]:
    removal = context.removal("column", table, column.name)
    if removal is None:
        yield removed_unsaid("column", spelled(table), column.name)
        return
    if removal.archive:
        yield archive.archive_column(context, context.old_tables[table], column)
    whole = f"{spelled(table)}.{column.name}"
    back = f"alter table {full(table)} add column {column_text(column_def(column))};"
    yield Step(
        key=f"drop-column-{spelled(table)}-{column.name}",
        title=f"Column {whole} goes",
        phase="contract",
        rank=50,
        statements=(f"alter table {full(table)} drop column {quote(column.name)};",),
        locks=locks(ACCESS_EXCLUSIVE, table),
        done=probes.column_exists(table, column.name, exists=False),
        ready=probes.column_exists(table, column.name),
        undo=(back, *archive.restore_column(context, context.old_tables[table], column))
        if removal.archive
        else None,
        irreversible=None if removal.archive else f"the values of {whole} were declared worthless",
        hazards=(
            Hazard(
                code="DROP_COLUMN",
                object=whole,
                message="its values are kept in bdc_archive" if removal.archive else "its values are gone",
            ),
        ),
    )
