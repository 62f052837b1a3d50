"""`@partition(range, at, by: month, keep: 90d)`: partitions that a job makes ahead, and that go by age."""

from typing import get_args

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.relations import BadPartition
from bdc.model.errors.types import AttributeArgument
from bdc.model.jobs.schedules import seconds
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.partition import Partition, Partitioning
from bdc.source.records import replace
from bdc.syntax import ast

PERIODS: tuple[ir.Period, ...] = get_args(ir.Period)
_USAGE = "@partition(range, at, by: month, keep: 90d)"
_DAY, _LONGEST = 86_400, 100 * 366 * 86_400
_TIMES = (ir.Scalar.TIMESTAMP, ir.Scalar.DATE)
REST = "rest"


def rotated(
    context: ResolveContext,
    entity: Entity,
    written: ast.Attribute,
    found: Partitioning,
    types: tuple[ir.Type | None, ...],
) -> Partitioning:
    """Return the partitioning with its period; whatever no other part takes is in a default one, which is added where none is written."""
    given = {each.name.text: each for each in written.arguments if each.name is not None}
    unknown = next((each for name, each in given.items() if name not in ("by", "keep")), None)
    if unknown is not None or len(given) < sum(each.name is not None for each in written.arguments):
        told = AttributeArgument("partition", "expects by and keep behind the fields", _USAGE, written.span)
        context.report(told)
        return found
    by = _period(context, given["by"].value) if "by" in given else None
    if "keep" in given and "by" not in given:
        help_ = f"write how long a part is: `{_USAGE}`"
        context.report(BadPartition("rows go with their partition", given["keep"].span, help_))
    if by is None or not _is_time(context, entity, written, found, types):
        return found
    keep = seconds(context, given["keep"].value, "`keep`", _DAY, _LONGEST) if "keep" in given else None
    parts = found.partitions
    if not any(each.kind == "default" for each in parts):
        parts = (*parts, Partition(name=REST, span=written.span, kind="default"))
    return replace(found, partitions=parts, by=by, keep=keep)


def _period(context: ResolveContext, value: ast.Expr) -> ir.Period | None:
    found = next((each for each in PERIODS if isinstance(value, ast.Path) and value.text == each), None)
    if found is None:
        why = "a part is a day, a week, a month or a year long"
        context.report(
            BadPartition(why, value.span, f"write one of {', '.join(f'`by: {each}`' for each in PERIODS)}")
        )
    return found


def _is_time(
    context: ResolveContext,
    entity: Entity,
    written: ast.Attribute,
    found: Partitioning,
    types: tuple[ir.Type | None, ...],
) -> bool:
    fits = all(isinstance(each, ir.ScalarType) and each.scalar in _TIMES for each in types)
    if found.method == "range" and len(types) == 1 and fits:
        return True
    why = f"parts of `{entity.name}` cannot be made by time"
    context.report(BadPartition(why, written.span, f"tell them apart by one timestamp or date: `{_USAGE}`"))
    return False
