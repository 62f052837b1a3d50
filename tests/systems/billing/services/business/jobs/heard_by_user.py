"""What a job in Python is given of a row whose key has several parts: a tuple of them."""

from services.business.context import OperationContext
from services.data.job_arguments import HeardByUserArguments


async def run(context: OperationContext, arguments: HeardByUserArguments) -> None:
    """Write an invoice that names the row."""
    day, place = arguments.slot_key
    async with context.elevated() as connection:
        await connection.execute(
            "insert into invoice (company_id, id, order_id, amount, reason)"
            ' select company_id, gen_random_uuid(), id, 0, $1 from "order" limit 1',
            f"{day.isoformat()} {place} {arguments.by}",
        )
