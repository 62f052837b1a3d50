"""`@materialized(refresh: 5m)`: how often a view is worked out anew, and the unique by which that happens beside its readers."""

from decimal import Decimal

from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.relations import BadView
from bdc.model.errors.types import AttributeArgument
from bdc.model.expressions.literals import seconds
from bdc.syntax import ast

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def refreshed_after(context: ResolveContext, attributes: Attributes) -> int | None:
    """Return the seconds in `@materialized(refresh: 5m)`; None without, or where it is wrong (reported)."""
    found = attributes.get("materialized")
    if found is None or not found.arguments:
        return None
    match [(each.name.text if each.name is not None else "", each.value) for each in found.arguments]:
        case [("refresh", ast.QuantityLiteral() as value)] if (after := seconds(value)) is not None:
            if _is_regular(after):
                return int(after)
            problem = "expects minutes that divide an hour, hours that divide a day, or a day"
        case _:
            problem = "expects the time between refreshes, or no argument"
    context.report(AttributeArgument("materialized", problem, attributes.usages["materialized"], found.span))
    return None


def _is_regular(after: Decimal) -> bool:
    """Whether the same minutes of every hour, or hours of every day, are that far apart."""
    if after <= 0 or after % _MINUTE:
        return False
    return _HOUR % after == 0 or (after % _HOUR == 0 and _DAY % after == 0)


def with_unique(
    context: ResolveContext,
    found: ast.Attribute,
    name: str,
    key: tuple[str, ...],
    members: tuple[ast.Member, ...],
) -> tuple[ast.Member, ...]:
    """Return the members with a unique of all rows: PostgreSQL needs one to change only the rows that differ."""
    if any(isinstance(member, ast.UniqueDecl) and member.where is None for member in members):
        return members
    if not key:
        why = "it has no key, and a refresh without one blocks readers"
        context.report(BadView(name, why, found.span, "mark a field `@id`, or write `unique (…)`"))
        return members
    paths = (ast.Path((ast.Name(each, span=found.span),), span=found.span) for each in key)
    columns = tuple(ast.Column(path, span=found.span) for path in paths)
    return (*members, ast.UniqueDecl(columns, span=found.span))
