"""Keep what was held: the members of an event, as a job in Python is given them."""

from services.business.context import OperationContext
from services.data.job_arguments import KeepHeldArguments


async def run(context: OperationContext, arguments: KeepHeldArguments) -> None:
    """Write an invoice of the total that the order had."""
    async with context.elevated() as connection:
        await connection.execute(
            "insert into invoice (company_id, id, order_id, amount, reason)"
            ' select company_id, gen_random_uuid(), id, $2, $3 from "order" where id = $1',
            arguments.order_id,
            arguments.total,
            f"held {arguments.times}",
        )
