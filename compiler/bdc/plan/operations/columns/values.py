"""What new rows get in a column that says nothing: a default, or the next number."""

from collections.abc import Iterable, Iterator

from bdc.catalog import Column
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal
from bdc.plan.making import alter
from bdc.plan.operations.columns.identity_options import first_number, identity_clause


def default_text(table: Name, column: Column) -> str:
    said = f"set default {column.default}" if column.default is not None else "drop default"
    return alter(table, f"alter column {quote(column.name)} {said}")


def unforced(table: Name, statements: Iterable[str], forced: bool) -> list[str]:
    """Return the statements so that the owner, which runs them, sees all rows: `forced` row level security applies to it too."""
    if not forced:
        return list(statements)
    return [
        alter(table, "no force row level security"),
        *statements,
        alter(table, "force row level security"),
    ]


def numbering_text(table: Name, column: str, sequence: str | None = None, least: int = 1) -> str:
    """Return what lets the sequence of a column (`sequence`: SQL of its name, where it does not own it yet) go on behind the largest value.
    `least`: its first number."""
    name, whole = quote(column), full(table)
    own = f"pg_get_serial_sequence({literal(whole)}, {literal(column)})"
    following = f"greatest(coalesce((select max({name}) from {whole}), 0) + 1, {least})"
    return f"select setval({sequence or own}, {following}, false);"


def identity_texts(table: Name, column: Column, forced: bool) -> tuple[str, ...]:
    """Return what makes a column an identity that goes on behind the largest number."""
    made = alter(table, f"alter column {quote(column.name)} add {identity_clause(column)}")
    first = first_number(column)
    if first < 0:
        return (made,)  # it counts down, away from the rows
    return (made, *unforced(table, [numbering_text(table, column.name, least=first)], forced))


def value_texts(table: Name, column: Column, forced: bool) -> Iterator[str]:
    """Yield what gives new rows their value. `forced`: see `unforced`."""
    if column.identity is not None:
        yield from identity_texts(table, column, forced)
    elif column.default is not None:
        yield default_text(table, column)
