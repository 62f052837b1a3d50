"""The body of `ranged`. This file is yours: it was written once and no build touches it again."""

from pydantic import JsonValue

from database.models.types import (
    Span,
)
from services.business.contexts import RangedContext


async def ranged(
    context: RangedContext,
    *,
    range: Span,
    extra: JsonValue | None,
) -> JsonValue:
    """Perform `ranged`."""
    return {"low": range.low, "extra": extra}
