"""What new rows get in a column that says nothing: a default, or the next number."""

from collections.abc import Iterator

from bdc.catalog import Column
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal
from bdc.plan.making import alter


def default_text(table: Name, column: Column) -> str:
    said = f"set default {column.default}" if column.default is not None else "drop default"
    return alter(table, f"alter column {quote(column.name)} {said}")


def identity_texts(table: Name, column: Column) -> tuple[str, ...]:
    """Return what makes a column an identity, and goes on after the highest number."""
    name, whole = quote(column.name), full(table)
    return (
        alter(table, f"alter column {name} add generated {column.identity} as identity"),
        f"select setval(pg_get_serial_sequence({literal(whole)}, {literal(column.name)}),"
        f" coalesce((select max({name}) from {whole}), 0) + 1, false);",
    )


def value_texts(table: Name, column: Column) -> Iterator[str]:
    """Yield what gives new rows their value."""
    if column.identity is not None:
        yield from identity_texts(table, column)
    elif column.default is not None:
        yield default_text(table, column)
