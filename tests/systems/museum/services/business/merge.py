"""The body of `merge`."""

from services.business.contexts import MergeContext


async def merge(context: MergeContext, *, first_id: int, second_id: int | None) -> int:
    """Return what both are worth."""
    found = await context.fetchrow(
        "select sum(worth)::int as worth from piece where id = any($1)", [first_id, second_id]
    )
    return 0 if found is None else int(found["worth"])
