"""Books a parcel and tells its receiver; `mode` says what goes wrong on the way."""

from services.data.job_arguments import InsureArguments
from services.data.job_contexts import InsureContext
from services.external.engine.errors import ExternalError


async def run(context: InsureContext, arguments: InsureArguments) -> None:
    """Call, write, call, write."""
    if arguments.mode == "held":
        async with context.transaction():
            await context.mail.send(to="x@example.test", text="held")
    try:
        booked = await context.carrier.book(parcel=arguments.parcel_id)
    except ExternalError:
        if arguments.mode != "caught":
            raise
        return
    async with context.transaction() as transaction, transaction.elevated() as connection:
        written = "update parcel set booking = $2, weight = weight + 1 where id = $1"
        await connection.execute(written, arguments.parcel_id, booked.number)
    for _ in range(2):
        sent = await context.mail.send(to="bob@example.test", text="insured")
    if arguments.mode == "late":
        raise ValueError("after all calls")
    async with context.transaction() as transaction, transaction.elevated() as connection:
        written = "update parcel set told = $2 where id = $1"
        await connection.execute(written, arguments.parcel_id, sent.accepted)
