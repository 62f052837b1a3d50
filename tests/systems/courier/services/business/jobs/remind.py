"""Mails each company how many parcels it has."""

from services.data.job_arguments import RemindArguments
from services.data.job_contexts import RemindContext


async def run(context: RemindContext, arguments: RemindArguments) -> None:
    """Count, then tell."""
    async with context.transaction() as transaction, transaction.elevated() as connection:
        count = await connection.fetchval("select count(*)::int from parcel")
    await context.mail.send(to="all@example.test", text=f"{count} parcels")
