"""The body of `offer`."""

from database.models.types import Offer
from services.business.contexts import OfferContext


async def offer(context: OfferContext, *, weight: int, to: str) -> Offer:
    """Keep that it was asked, ask, and keep what was answered: no transaction is open while the other service is waited for."""
    async with context.transaction() as transaction:
        row = await transaction.fetchrow(
            "insert into asked (company_id, currency) values (current_setting('app.actor_company')::uuid, 'EUR') returning id"
        )
    found = await context.rates.offer(weight=weight, to=to)
    async with context.transaction() as transaction, transaction.elevated() as connection:
        await connection.execute("update asked set price = $2 where id = $1", row["id"], found.price)
    return found
