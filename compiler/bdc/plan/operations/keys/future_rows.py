"""What rows will hold once this migration has filled them, as far as it can be asked before: what judges them is asked beforehand."""

from collections.abc import Iterable

from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import literal
from bdc.plan.context import Context
from bdc.plan.operations.types.conversions import conversion
from bdc.plan.sql_identifiers import is_volatile, mentions
from bdc.plan.typing_rules import is_wider, own_type


def future_rows(context: Context, table: Name, texts: Iterable[str | None]) -> str | None:
    """Return what to select from, for the columns that `texts` speak of: the table, or a query over it. None where it is unknown
    yet what one of them will hold."""
    spoken = [text for text in texts if text]
    columns = [
        each.name
        for each in context.new_tables[table].columns
        if any(mentions(text, [each.name]) for text in spoken)
    ]
    if any(is_untold(context, table, column) for column in columns):
        return None
    values = [_typed(context, table, column) for column in columns]
    if all(value == quote(column) for value, column in zip(values, columns, strict=True)):
        return full(table)
    named = (f"{value} as {quote(column)}" for value, column in zip(values, columns, strict=True))
    return f"(select {', '.join(named)} from {full(table)}) as filled"


def is_untold(context: Context, table: Name, column: str) -> bool:
    """Whether it is still unknown what the column will hold: what it is filled with may speak of columns that are not there."""
    fresh, given = unknown(context, table), context.backfill(table, column)
    after = context.new_tables[table].column(column)
    if (table, column) in context.renamed or mentions(after.generated, fresh):
        return True
    if given is None and column in context.retyped.get(table, ()):
        return is_own(context, after.type)
    if given is None:
        return column in fresh and _same_for_all(context, table, column) is None
    return not can_ask(context, table, column, given)


def can_ask(context: Context, table: Name, column: str, expression: str) -> bool:
    """Whether what `column` is to be filled with speaks of what is there already, as it is."""
    itself = set() if context.is_new_column(table, column) else {column}
    unclear = mentions(expression, unknown(context, table) - itself)
    return not unclear and not _looks_elsewhere(context, table, expression)


def _looks_elsewhere(context: Context, table: Name, text: str) -> bool:
    """Whether `text` speaks of other tables that are not there yet, or of columns of theirs that are not."""
    others = (each for each in context.new.tables if each.name != table and mentions(text, [each.name.name]))
    return any(context.is_fresh(each.name) or mentions(text, unknown(context, each.name)) for each in others)


def _typed(context: Context, table: Name, column: str) -> str:
    value, kind = _value(context, table, column), context.new_tables[table].column(column).type
    return value if value == quote(column) or is_own(context, kind) else f"({value})::{kind}"


def _value(context: Context, table: Name, column: str) -> str:
    """Return what a column will hold: in one that stays as it is, only what is missing is filled."""
    given = context.backfill(table, column)
    if column in context.retyped.get(table, ()):
        old, new = context.old_tables[table].column(column), context.new_tables[table].column(column)
        value = conversion(context, table, old, new)
        # A value that is none of the new type is counted by a question of its own, and must not stop this one.
        valid = f"pg_input_is_valid({quote(column)}::text, {literal(new.type)})"
        certain = context.replaces(table, column) or is_wider(old.type, new.type)
        return value if certain else f"case when {valid} then {value} end"
    if given is None:
        return _same_for_all(context, table, column) or quote(column)
    return given if context.is_new_column(table, column) else f"coalesce({quote(column)}, {given})"


def _same_for_all(context: Context, table: Name, column: str) -> str | None:
    """Return the default that rows have in a column that is new, where it is one for all of them."""
    default = context.new_tables[table].column(column).default
    if not context.is_new_column(table, column) or default is None or is_volatile(default):
        return None
    return default


def is_own(context: Context, kind: str) -> bool:
    """Whether a type is none of PostgreSQL's own: it may not be there yet, or not mean the same."""
    own = [enum.name for enum in context.new.enums] + [domain.name for domain in context.new.domains]
    return any(own_type(kind, name) for name in own)


def unknown(context: Context, table: Name) -> set[str]:
    """Columns that the old state cannot answer for."""
    new = (column.name for column in context.new_tables[table].columns)
    return {column for column in new if context.is_new_column(table, column)} | context.filled(table)
