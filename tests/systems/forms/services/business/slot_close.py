"""The body of `Slot.close`. This file is yours: it was written once and no build touches it again."""

from database.models import Slot
from services.business.contexts import SlotCloseContext


async def close(
    context: SlotCloseContext,
    slot: Slot,
    *,
    force: bool,
) -> None:
    """Perform `close`."""
    await context.connection.execute(
        "update slot set open = $3 where room = $1 and day = $2", slot.room, slot.day, force
    )
