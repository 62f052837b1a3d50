"""The body of `lend`."""

from uuid import UUID

from database.models import Piece
from services.business.contexts import PieceLendContext


async def lend(context: PieceLendContext, piece: Piece, *, borrower_id: UUID, days: int) -> None:
    """A piece that is lent says to whom."""
    await context.execute(
        "update piece set title = $1 where id = $2", f"{piece.title} ({days} days)", piece.id
    )
