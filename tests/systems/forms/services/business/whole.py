"""The body of `whole`. This file is yours: it was written once and no build touches it again."""

from pydantic import JsonValue

from database.models.types import (
    Range,
)
from services.business.contexts import WholeContext


async def whole(
    context: WholeContext,
    *,
    range: Range,
    note: str,
    trace: str | None,
) -> JsonValue:
    """Perform `whole`."""
    return {"low": range.low, "note": note, "trace": trace}
