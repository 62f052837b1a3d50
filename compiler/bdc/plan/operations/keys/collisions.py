"""What is asked of the rows before an exclusion constraint judges them: whether two of them exclude each other."""

import re

from bdc.catalog import Exclusion, IndexKey
from bdc.ddl.names import Name, full, quote
from bdc.diagnostics.catalogue.plan import EXCLUDED
from bdc.plan.context import Context
from bdc.plan.making import member
from bdc.plan.operation import DataCheck
from bdc.plan.operations.keys.future_rows import future_rows
from bdc.plan.worded import data_check
from bdc.source.records import dataclass

_RANGE = re.compile(r"\(*(int4|int8|num|ts|tstz|date)range\b")


@dataclass(frozen=True)
class _Element:
    """`is_range`: whether the value is a range, as far as its type or the function that makes it says."""

    value: str
    operator: str
    is_range: bool

    @property
    def is_sorted(self) -> bool:
        """Whether any two rows that are in each other's way leave two neighbours that are, once rows are sorted by the value: a third
        between two ranges that overlap begins within the first."""
        return self.operator == "<>" or (self.operator == "&&" and self.is_range)


def collisions(context: Context, table: Name, found: Exclusion) -> tuple[DataCheck, ...]:
    """Rows that an exclusion constraint would not have. Asked where a sort shows them (elements that are equal, and one of ranges that
    overlap or of values that differ); to compare all rows with all others would take too long."""
    elements = [_element(context, table, key, operator) for key, operator in found.elements]
    apart = [each for each in elements if each.operator != "="]
    rows = future_rows(context, table, [*(each.value for each in elements), found.where])
    if rows is None or len(apart) > 1 or not all(each.is_sorted for each in apart):
        return ()
    clashes = _clashes(rows, elements, apart, found.where)
    return (
        data_check(
            EXCLUDED,
            member(table, found.name),
            sql=f"select count(*) from {clashes}",
            reads=(full(table),),
            table=table.name,
            constraint=found.name,
            query=f"select * from {clashes}",
        ),
    )


def _element(context: Context, table: Name, key: IndexKey, operator: str) -> _Element:
    if key.column is None:
        return _Element(f"({key.expression})", operator, bool(_RANGE.match(key.expression or "")))
    kind = context.new_tables[table].column(key.column).type
    return _Element(quote(key.column), operator, bool(_RANGE.fullmatch(kind)))


def _clashes(rows: str, elements: list[_Element], apart: list[_Element], where: str | None) -> str:
    equal = ", ".join(each.value for each in elements if each not in apart)
    within = f"partition by {equal}" if equal else ""
    terms = [f"{each.value} is not null" for each in elements]
    terms += [f"not isempty({each.value})" for each in apart if each.is_range]
    terms += [f"({where})"] if where else []
    if apart:
        value, operator = apart[0].value, apart[0].operator
        clash = f"{value} {operator} lag({value}) over ({within} order by {value})"
    else:
        clash = f"row_number() over ({within}) > 1"
    judged = f"select *, {clash} as clashes from {rows} where {' and '.join(terms)}"
    return f"({judged}) as neighbours where clashes"
