"""Two databases and what the specification says about them → the operations that lead from one to the other."""

from collections.abc import Callable, Iterator

from bdc.catalog import Database
from bdc.plan import refusals
from bdc.plan.compare import Change, ChangeKind, changes
from bdc.plan.context import Context
from bdc.plan.hints import Hints
from bdc.plan.operation import Planned, Refusal
from bdc.plan.operations import columns, tables
from bdc.plan.order import ordered
from bdc.plan.packing import pack
from bdc.plan.step import Step

Result = Step | Refusal
Planner = Callable[[Context, Change], Iterator[Result]]

_PLANNERS: dict[ChangeKind, Planner] = {
    "table": tables.plan_table,
    "column": columns.plan_column,
}


def plan(old: Database, new: Database, hints: Hints = Hints()) -> Planned:  # noqa: B008 (frozen)
    """Return the operations from `old` to `new`, or the refusals. Pure: the same arguments give the same plan."""
    context = Context(old, new, hints)
    results = [result for change in changes(old, new) for result in _planned(context, change)]
    refused = tuple(result for result in results if isinstance(result, Refusal))
    if refused:
        return Planned(refusals=refused)
    return Planned(operations=pack(ordered(result for result in results if isinstance(result, Step))))


def _planned(context: Context, change: Change) -> Iterator[Result]:
    planner = _PLANNERS.get(change.kind)
    if planner is None:
        yield refusals.cannot_plan(
            change.name, f"no operation changes this {change.kind}", "write this migration by hand"
        )
        return
    yield from planner(context, change)
