"""The body of `whole_list`. This file is yours: it was written once and no build touches it again."""

from services.business.contexts import WholeListContext


async def whole_list(
    context: WholeListContext,
    *,
    items: list[int],
) -> list[int]:
    """Perform `whole_list`."""
    return items[::-1]
