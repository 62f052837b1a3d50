"""Nudge: a job in Python that queues another one, and itself until it has been told often enough."""

from datetime import timedelta
from decimal import Decimal

from services.business.context import OperationContext
from services.data.job_arguments import NudgeArguments
from services.data.runs import NudgeRun, SendInvoiceRun, enqueue


async def run(context: OperationContext, arguments: NudgeArguments) -> None:
    """Queue one invoice, equal runs of which wait once; `times` below zero fails after that."""
    amount = Decimal(abs(arguments.times))
    bill = SendInvoiceRun(order_id=arguments.order_id, amount=amount, reason=None)
    if not await enqueue(context, bill, after=timedelta(seconds=1)) or await enqueue(context, bill):
        raise AssertionError("an equal run waited once only")
    if arguments.times < 0:
        raise ValueError("taken back")
    if arguments.times > 1:
        await enqueue(context, NudgeRun(order_id=arguments.order_id, times=arguments.times - 1))
