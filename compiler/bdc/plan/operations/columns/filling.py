"""Values for rows that exist: in batches, each a short transaction of its own, and proved afterwards."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Column, Table
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Batch, Phase
from bdc.plan.operations.columns.values import unforced
from bdc.plan.step import ROW_EXCLUSIVE, Step


def row_key(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return columns that tell rows apart, and their types: the primary key, else a unique key without nulls, else where the row is."""
    types = {column.name: column.type for column in table.columns if column.not_null}
    keys = [table.primary_key] if table.primary_key is not None else []
    for found in [*keys, *table.uniques]:
        if all(column in types for column in found.columns):
            return found.columns, tuple(types[column] for column in found.columns)
    return ("ctid",), ("tid",)


def fill(
    context: Context,
    table: Name,
    column: str,
    expression: str,
    where: str,
    phase: Phase = "backfill",
    rank: int = 10,
    label: str = "",
) -> Step:
    """Return the step that sets `column` to `expression` in the rows where `where` is true, after which there are none."""
    names, types = row_key(context.old_tables[table])
    return Step(
        key=key("fill" if phase == "backfill" else "fill-again", table, label or column),
        title=f"Rows of {spelled(table)} get their {column}",
        phase=phase,
        rank=rank,
        statements=(),
        transaction="batches",
        locks={full(each): ROW_EXCLUSIVE for each in context.family(table)},
        statement_timeout=0,
        batch=Batch(
            table=full(table),
            key=names,
            key_types=types,
            set={column: expression},
            where=where,
            proof=f"select not exists (select from {full(table)} where {where})",
        ),
    )


def fill_missing(
    context: Context, table: Name, column: str, expression: str, phase: Phase = "backfill"
) -> Step:
    """Return the step that gives `expression` to the rows that have nothing."""
    required = context.new_tables[table].column(column).not_null
    empty = f"{quote(column)} is null"
    where = empty if required else f"{empty} and ({expression}) is not null"
    return fill(context, table, column, expression, where, phase, 10 if phase == "backfill" else 2)


def relabel(context: Context, table: Name, column: Column, old: str, new: str) -> Iterator[Step]:
    """Yield the steps that make rows say `new` for `old`, where a check holds the values: once while both are allowed, and once
    more with the contract, for what the old code has written since."""
    name, before, after = quote(column.name), literal(old), literal(new)
    if column.type.endswith("[]"):
        expression, where = f"array_replace({name}, {before}, {after})", f"{before} = any ({name})"
    else:
        expression, where = after, f"{name} = {before}"
    label = f"{column.name}-{new}"
    step = fill(context, table, column.name, expression, where, "backfill", 10, label)
    known = any(after in check.condition for check in context.old_tables[table].checks)
    yield step if known else replace(step, undo=tuple(_relabel_back(context, table, column, before, after)))
    yield fill(context, table, column.name, expression, where, "contract", 2, label)


def _relabel_back(context: Context, table: Name, column: Column, old: str, new: str) -> list[str]:
    name = quote(column.name)
    value, where = old, f"{name} = {new}"
    if column.type.endswith("[]"):
        value, where = f"array_replace({name}, {new}, {old})", f"{new} = any ({name})"
    return visible(context, table, f"update {full(table)} set {name} = {value} where {where};")


def visible(context: Context, table: Name, statement: str) -> list[str]:
    """Return the statement for a way back, so that the owner, which runs it, sees all rows: row level security that is forced
    holds him too."""
    return unforced(table, [statement], is_forced(context, table))


def is_forced(context: Context, table: Name) -> bool:
    """Whether row level security holds the owner of a table too, before or after."""
    states = (context.old_tables.get(table), context.new_tables.get(table))
    return states[0] is not None and any(each is not None and each.force_row_security for each in states)
