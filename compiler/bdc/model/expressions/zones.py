"""Time zones in expressions: PostgreSQL refuses a name that it does not know when it runs, so that only known ones stand there."""

from functools import cache
from zoneinfo import available_timezones

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.typing.types import describe, is_text


def against_zone(found: ir.Expr, context: ResolveContext) -> str:
    """Return why an expression is no time zone; '' when it is one."""
    if isinstance(found, ir.Literal) and is_text(found.type):
        return _unknown(str(found.value))
    if not isinstance(found.type, ir.EnumType):
        wanted = '`zone` expects a constant, or an enum whose values are time zones (`vienna @value("Europe/Vienna")`)'
        return f"{wanted}, found `{describe(found.type)}`"
    enum = context.enums.get(found.type.name)
    if enum is None:
        return ""
    if enum.native is not None:
        return f"`zone` expects an enum without `@native`, found `{enum.name}`"
    return next(filter(None, (_unknown(each.label or each.name) for each in enum.values)), "")


def _unknown(name: str) -> str:
    known = _known()
    return f"`{name}` is no time zone" if known and name not in known else ""


@cache
def _known() -> frozenset[str]:
    """Return the names of the time zone database; nothing where this machine has none."""
    return frozenset(available_timezones())
