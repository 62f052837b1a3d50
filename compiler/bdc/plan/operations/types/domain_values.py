"""What is asked of all columns of a domain before it gets stricter."""

import re
from collections.abc import Iterator

from bdc.catalog import Domain
from bdc.ddl.names import Name, full, quote
from bdc.diagnostics import Declared
from bdc.diagnostics.catalogue.plan import EMPTY_IN_DOMAIN, UNSATISFIED_DOMAIN
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.operation import DataCheck
from bdc.plan.operations.keys.future_rows import is_untold
from bdc.plan.typing_rules import own_type
from bdc.plan.worded import data_check

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\bvalue\b", re.IGNORECASE)


def unsatisfied(context: Context, domain: Domain, condition: str) -> tuple[DataCheck, ...]:
    """Rows with a value that does not satisfy `condition`, which speaks of VALUE."""
    return tuple(
        _asked(UNSATISFIED_DOMAIN, table, column, f"not ({named(condition, quote(column))})", domain)
        for table, column in _columns(context, domain)
    )


def empty(context: Context, domain: Domain) -> tuple[DataCheck, ...]:
    """Rows without a value."""
    return tuple(
        _asked(EMPTY_IN_DOMAIN, table, column, f"{quote(column)} is null", domain)
        for table, column in _columns(context, domain)
    )


def _columns(context: Context, domain: Domain) -> Iterator[tuple[Name, str]]:
    """Columns that have the domain and keep it, as they are."""
    for table in context.old.tables:
        after = context.new_tables.get(table.name)
        kinds = {each.name: each.type for each in after.columns} if after is not None else {}
        for column in table.columns:
            kept = own_type(column.type, domain.name) and kinds.get(column.name) == column.type
            if kept and table.parent is None and not is_untold(context, table.name, column.name):
                yield table.name, column.name


def named(condition: str, value: str) -> str:
    """Return the condition with VALUE replaced by `value` (SQL)."""
    return _TOKEN.sub(lambda found: found[0] if found[0][0] in "'\"" else value, condition)


def _asked(declared: Declared, table: Name, column: str, where: str, domain: Domain) -> DataCheck:
    rows = f"from {full(table)} where {where}"
    return data_check(
        declared,
        f"{spelled(table)}.{column}",
        sql=f"select count(*) {rows}",
        reads=(full(table),),
        table=table.name,
        column=column,
        domain=spelled(domain.name),
        query=f"select * {rows}",
    )
