"""A column that becomes required: proved by a check that is validated while other sessions work, then declared in an instant."""

import re
from collections.abc import Iterator

from bdc.catalog import Column
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal
from bdc.diagnostics.catalogue.plan import EMPTY_WHERE_REQUIRED, FILLED_WITH_NULL
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, key, member, passing
from bdc.plan.operation import DataCheck, Phase
from bdc.plan.operations.keys.checks import validate
from bdc.plan.operations.keys.future_rows import can_ask, is_own
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.worded import data_check

# What is never null: a number, a text, a truth value, with casts.
_CONSTANT = re.compile(r"\(*(?:-?[\d.]+|'(?:[^']|'')*'|true|false)\)*(?:::[\w .()\[\]]+)?", re.IGNORECASE)


def require(
    context: Context, table: Name, column: str, phase: Phase, rank: int = 30, *, asked: bool = False
) -> Iterator[Step]:
    """Yield the steps; with `asked`, rows without a value are counted before anything is done."""
    name = passing(f"{table.name}_{column}", "required")
    yield Step(
        key=key("require", table, column),
        title=f"New rows of {spelled(table)} have a {column}",
        phase=phase,
        rank=rank,
        statements=(
            alter(table, f"add constraint {quote(name)} check ({quote(column)} is not null) not valid"),
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=f"select exists (select from pg_constraint where conrelid = to_regclass({literal(full(table))}) and conname = {literal(name)})"
        f" or {_is_required(table, column)}",
        checks=_empty(table, column) if asked else (),
        undo=(alter(table, f"drop constraint if exists {quote(name)}"),),
    )
    yield validate(context, table, name, phase, rank + 2)
    yield Step(
        key=key("set-not-null", table, column),
        title=f"{member(table, column)} is required",
        phase=phase,
        rank=rank + 3,
        statements=(
            alter(table, f"alter column {quote(column)} set not null"),
            alter(table, f"drop constraint {quote(name)}"),
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        alone=True,
        done=f"select {_is_required(table, column)}",
        undo=(alter(table, f"alter column {quote(column)} drop not null"),),
    )


def left_empty(
    context: Context, table: Name, old: Column | None, column: Column, expression: str
) -> tuple[DataCheck, ...]:
    """Rows that would get nothing, in a required column, from what it is filled with: an SQL expression over the row as it is. `old`: the
    column that it was."""
    kept = old is not None and old.not_null and context.backfill(table, column.name) is None
    told = _CONSTANT.fullmatch(expression) is not None or is_own(context, column.type)
    if kept or told or not column.not_null or not can_ask(context, table, column.name, expression):
        return ()
    filled = f"({expression}) is null"
    if old is not None and old.name == column.name and column.name not in context.retyped.get(table, ()):
        filled = f"{quote(column.name)} is null and {filled}"
    return (
        data_check(
            FILLED_WITH_NULL,
            member(table, column.name),
            sql=f"select count(*) from {full(table)} where {filled}",
            reads=(full(table),),
            table=table.name,
            column=column.name,
            query=f"select * from {full(table)} where {filled}",
        ),
    )


def _is_required(table: Name, column: str) -> str:
    return (
        f"coalesce((select attnotnull from pg_attribute where attrelid = to_regclass({literal(full(table))})"
        f" and attname = {literal(column)}), false)"
    )


def _empty(table: Name, column: str) -> tuple[DataCheck, ...]:
    return (
        data_check(
            EMPTY_WHERE_REQUIRED,
            member(table, column),
            sql=f"select count(*) from {full(table)} where {quote(column)} is null",
            reads=(full(table),),
            table=table.name,
            column=column,
        ),
    )
