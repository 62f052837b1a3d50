"""Values for rows that exist: in batches, each a short transaction of its own, and proved afterwards."""

from bdc.catalog import Table
from bdc.ddl.names import Name, full, quote
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Batch, Phase
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
