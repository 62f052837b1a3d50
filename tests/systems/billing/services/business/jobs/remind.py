"""Remind of an order: what a job in Python may do, and that it is taken back with its run."""

import asyncio

from services.business.context import OperationContext
from services.data.job_arguments import RemindArguments


async def run(context: OperationContext, arguments: RemindArguments) -> None:
    """Write an invoice of nothing; `fail` fails after that, `slow` waits."""
    if await context.fetch("select id from invoice"):
        raise AssertionError("no caller is bound, so no row is seen")
    async with context.elevated() as connection:
        await connection.execute(
            "insert into invoice (company_id, id, order_id, amount, reason)"
            ' select company_id, gen_random_uuid(), id, 0, $2 from "order" where id = $1',
            arguments.order_id,
            arguments.class_ or "",
        )
    if arguments.class_ == "slow":
        await asyncio.sleep(60)
    if arguments.class_ == "fail":
        raise ValueError("no reminder")
