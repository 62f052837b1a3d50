"""A column that is computed otherwise, or no longer: PostgreSQL makes it anew, and what stands on it steps aside."""

from bdc.catalog import Column, Table
from bdc.catalog.create import column_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text
from bdc.plan.context import Context
from bdc.plan.dependents import Around, around_column
from bdc.plan.making import alter, blocks, key, member
from bdc.plan.operation import Scan
from bdc.plan.operations.types.members import add_texts, drop_texts, members_on, said_texts
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def regenerate(context: Context, table: Name, old: Column, new: Column) -> Step:
    """Return the step; what the column held is computed, or stays where it is computed no longer."""
    before, after = context.old_tables[table], context.new_tables[table]
    around = around_column(context.new, table, [new.name])
    plain = new.name not in context.regenerated.get(table, ())
    forth = (alter(table, f"alter column {quote(new.name)} drop expression"),)
    scans: dict[str, Scan] = {} if plain else {full(each): "rewrite" for each in context.leaves(table)}
    # What comes along is planned here; where only the expression goes, what stands on the column is planned by itself.
    kept = after if plain else before
    return Step(
        key=key("regenerate", table, new.name),
        title=f"{member(table, new.name)} is computed otherwise",
        phase="contract",
        rank=45,
        statements=forth if plain else _anew(around, before, after, new),
        locks={
            **context.locks(ACCESS_EXCLUSIVE, table),
            **({} if plain else context.locks_one(ACCESS_EXCLUSIVE, *around.tables)),
            **({} if plain else around.locks),
        },
        scans=scans,
        alone=True,
        statement_timeout=0,
        undo=_anew(around, after, kept, old),
        hazards=()
        if plain
        else (
            blocks(member(table, new.name), "the table is written anew while everybody waits"),
            *around.hazards,
        ),
    )


def _anew(around: Around, start: Table, end: Table, column: Column) -> tuple[str, ...]:
    """Return what makes the column again, with what stood on it at the start, and stands on it in the end."""
    found = members_on(end, [column.name])
    return (
        *around.before,
        *drop_texts(start.name, members_on(start, [column.name])),
        alter(start.name, f"drop column {quote(column.name)}"),
        alter(start.name, f"add column {column_text(column_def(column))}"),
        *add_texts(start.name, found),
        *said_texts(end, [column.name], found),
        *around.after,
    )
