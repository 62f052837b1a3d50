"""What is asked of the rows before a unique index is built, or what it holds is filled: whether two of them will hold the same."""

from bdc.catalog import Index
from bdc.ddl.names import Name, full, quote
from bdc.diagnostics.catalogue.plan import REPEATED
from bdc.plan.context import Context
from bdc.plan.making import member
from bdc.plan.operation import DataCheck
from bdc.plan.operations.keys.future_rows import future_rows
from bdc.plan.worded import data_check


def duplicates(context: Context, table: Name, index: Index) -> tuple[DataCheck, ...]:
    """Rows that a unique index would not have. A column that is filled is asked for what it will be filled with; one that is new
    otherwise, or takes over from another, is not asked about."""
    keys = [f"({part.expression})" if part.column is None else quote(part.column) for part in index.keys]
    rows = future_rows(context, table, [*keys, index.where]) if index.unique else None
    if rows is None:
        return ()
    terms = [] if index.nulls_not_distinct else [f"{key} is not null" for key in keys]
    terms += [f"({index.where})"] if index.where else []
    where = f" where {' and '.join(terms)}" if terms else ""
    places = ", ".join(str(place) for place in range(1, len(keys) + 1))
    doubled = (
        f"select {', '.join(keys)}, count(*) as rows from {rows}{where} group by {places} having count(*) > 1"
    )
    return (
        data_check(
            REPEATED,
            member(table, index.name),
            sql=f"select coalesce(sum(rows - 1), 0)::bigint from ({doubled}) as doubled",
            reads=(full(table),),
            table=table.name,
            index=index.name,
            query=doubled,
        ),
    )
