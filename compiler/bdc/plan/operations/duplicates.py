"""What is asked of the rows before a unique index is built: whether two of them will hold the same."""

from bdc.catalog import Index
from bdc.ddl.names import Name, full, quote
from bdc.plan.context import Context
from bdc.plan.making import member
from bdc.plan.operation import DataCheck
from bdc.plan.operations.conversions import conversion
from bdc.plan.words import is_volatile, mentions


def duplicates(context: Context, table: Name, index: Index) -> tuple[DataCheck, ...]:
    """Rows that a unique index would not have. A column that is filled is asked for what it will be filled with; one that is new
    otherwise, or takes over from another, is not asked about."""
    named = [part.column for part in index.keys if part.column is not None]
    values = [_filled_value(context, table, column) for column in named]
    fresh = _fresh(context, table)
    untold = any(is_untold(context, table, column) for column in named)
    filled = any(context.backfill(table, column) is not None for column in named)
    unclear = untold or mentions(index.where, fresh) or (filled and index.where is not None)
    if not index.unique or unclear or len(named) != len(index.keys):
        return ()
    keys = ", ".join(f"({value})" for value in values)
    terms = [] if index.nulls_not_distinct else [f"({value}) is not null" for value in values]
    terms += [f"({index.where})"] if index.where else []
    where = f" where {' and '.join(terms)}" if terms else ""
    places = ", ".join(str(place) for place in range(1, len(values) + 1))
    doubled = (
        f"select {keys}, count(*) as rows from {full(table)}{where} group by {places} having count(*) > 1"
    )
    return (
        DataCheck(
            code="E506",
            object=member(table, index.name),
            sql=f"select coalesce(sum(rows - 1), 0)::bigint from ({doubled}) as doubled",
            message=f"{{rows}} rows of {table.name} repeat a value of {index.name}, which is unique",
            help=f"merge or correct them first: {doubled}",
            reads=(full(table),),
        ),
    )


def is_untold(context: Context, table: Name, column: str) -> bool:
    """Whether nobody can say yet what the column will hold: what it is filled with may speak of columns that are not there."""
    fresh, given = _fresh(context, table), context.backfill(table, column)
    if (table, column) in context.renamed:
        return True
    if given is None:
        return column in fresh and _same_for_all(context, table, column) is None
    itself = set() if context.is_new_column(table, column) else {column}
    return mentions(given, fresh - itself) or _looks_elsewhere(context, table, given)


def _looks_elsewhere(context: Context, table: Name, text: str) -> bool:
    """Whether `text` speaks of other tables that are not there yet, or of columns of theirs that are not."""
    others = (each for each in context.new.tables if each.name != table and mentions(text, [each.name.name]))
    return any(context.is_fresh(each.name) or mentions(text, _fresh(context, each.name)) for each in others)


def _filled_value(context: Context, table: Name, column: str) -> str:
    """Return what a column will hold: in one that stays as it is, only what is missing is filled."""
    given = context.backfill(table, column)
    if given is None:
        return _same_for_all(context, table, column) or quote(column)
    if context.is_new_column(table, column):
        return given
    old, new = context.old_tables[table].column(column), context.new_tables[table].column(column)
    if column in context.retyped.get(table, ()):
        return conversion(context, table, old, new)
    return f"coalesce({quote(column)}, {given})"


def _same_for_all(context: Context, table: Name, column: str) -> str | None:
    """Return the default that rows have in a column that is new, where it is one for all of them."""
    default = context.new_tables[table].column(column).default
    if not context.is_new_column(table, column) or default is None or is_volatile(default):
        return None
    return default


def _fresh(context: Context, table: Name) -> set[str]:
    """Columns that the old state cannot answer for."""
    new = (column.name for column in context.new_tables[table].columns)
    return {column for column in new if context.is_new_column(table, column)} | context.filled(table)
