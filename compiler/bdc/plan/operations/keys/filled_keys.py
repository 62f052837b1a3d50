"""What is asked before a column is filled: whether all rows get a value, and the keys that are there take it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bdc.catalog import ForeignKey, IndexKey
from bdc.ddl.names import Name, full, quote
from bdc.diagnostics.catalogue.plan import FILLED_WITH_ORPHANS
from bdc.plan.context import Context
from bdc.plan.making import member
from bdc.plan.operation import DataCheck
from bdc.plan.operations.columns.required import left_empty
from bdc.plan.operations.keys.collisions import collisions
from bdc.plan.operations.keys.duplicates import duplicates
from bdc.plan.operations.keys.future_rows import is_untold
from bdc.plan.operations.keys.key_texts import index_of
from bdc.plan.sql_identifiers import mentions
from bdc.plan.step import Step
from bdc.plan.worded import data_check


def asked(context: Context, step: Step, table: Name, column: str) -> Step:
    """Return the step that fills `column` with the questions of a value that is required, of foreign keys on it alone, and of unique keys
    and exclusions that stay."""
    given, after = context.backfill(table, column), context.new_tables[table].column(column)
    old = context.old_column(table, column)
    empty = left_empty(context, table, old, after, given) if given is not None else ()
    found = (*empty, *_targets(context, table, column), *_repeated(context, table, column))
    return replace(step, checks=(*step.checks, *found))


def _repeated(context: Context, table: Name, column: str) -> Iterator[DataCheck]:
    """New keys ask for themselves."""
    if context.backfill(table, column) is None:
        return
    before, after = context.old_tables[table], context.new_tables[table]
    for index in after.indexes:
        if index in before.indexes and _speaks(index.keys, index.where, column):
            yield from duplicates(context, table, index)
    for key in after.uniques:
        if key in before.uniques and column in key.columns:
            yield from duplicates(context, table, index_of(key, key.name))
    for exclusion in after.exclusions:
        keys = [key for key, _ in exclusion.elements]
        if exclusion in before.exclusions and _speaks(keys, exclusion.where, column):
            yield from collisions(context, table, exclusion)


def _speaks(keys: Sequence[IndexKey], where: str | None, column: str) -> bool:
    texts = [where, *(key.expression for key in keys)]
    return column in {key.column for key in keys} or any(mentions(text, [column]) for text in texts)


def _targets(context: Context, table: Name, column: str) -> Iterator[DataCheck]:
    given = context.backfill(table, column)
    if given is None or is_untold(context, table, column):
        return
    for found in context.new_tables[table].foreign_keys:
        theirs = None if context.is_fresh(found.target) else found.target_columns[0]
        if found.columns == (column,) and theirs and context.old_column(found.target, theirs):
            yield _leads_nowhere(context, table, column, given, found)


def _leads_nowhere(context: Context, table: Name, column: str, given: str, found: ForeignKey) -> DataCheck:
    empty = "" if context.is_new_column(table, column) else f" where {quote(column)} is null"
    kind = context.old_tables[found.target].column(found.target_columns[0]).type
    filled = f"(select ({given})::{kind} as value from {full(table)}{empty}) as filled"
    there = f"select from {full(found.target)} as there where there.{quote(found.target_columns[0])} = filled.value"
    return data_check(
        FILLED_WITH_ORPHANS,
        member(table, found.name),
        sql=f"select count(*) from {filled} where value is not null and not exists ({there})",
        reads=(full(table), full(found.target)),
        table=table.name,
        column=column,
        target=found.target.name,
    )
