"""The body of `charges`."""

from database.models.types import PaymentsGetChargesAnswer
from services.business.contexts import ChargesContext


async def charges(context: ChargesContext, *, status: str | None) -> PaymentsGetChargesAnswer:
    """Ask the service."""
    return await context.payments.get_charges(status=status, limit=10)
