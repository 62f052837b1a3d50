"""Numbers that a column gets from now on begin behind those that rows have, also those that the old version has given itself."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.plan.context import Context
from bdc.plan.making import key, member
from bdc.plan.operations.columns.filling import visible
from bdc.plan.operations.columns.values import numbering_text
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def number_again(context: Context, table: Name, column: str) -> Iterator[Step]:
    """Yield the step that does so with the contract, once the old version writes no more; nothing for a column that is new."""
    if context.is_fresh(table) or context.is_new_column(table, column):
        return
    yield Step(
        key=key("number-again", table, column),
        title=f"{member(table, column)} goes on behind its largest value",
        phase="contract",
        rank=43,
        statements=tuple(visible(context, table, numbering_text(table, column))),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        alone=True,
    )
