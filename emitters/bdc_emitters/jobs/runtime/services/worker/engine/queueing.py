"""Runs that user code queues: in the transaction of the run that queues them, or not at all."""

from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from services.engine.context import OperationContext


class Run(BaseModel):
    """The arguments of a run. `statement` queues it: it takes them as JSON text, then a time, then a delay."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    statement: ClassVar[str]


async def enqueue(
    context: OperationContext, run: Run, *, at: datetime | None = None, after: timedelta | None = None
) -> bool:
    """Queue a run: now, `at` a time that has a zone, or `after` a delay. Return False where one with equal values of `unique` waits already.

    It is under way for the tenant that `context` is bound to. ValueError for a time without a zone, and where both are given.
    """
    if at is not None and (after is not None or at.tzinfo is None):
        raise ValueError("expected a time with a zone, or a delay")
    return (
        await context.connection.fetchval(run.statement, run.model_dump_json(by_alias=True), at, after)
        is not None
    )
