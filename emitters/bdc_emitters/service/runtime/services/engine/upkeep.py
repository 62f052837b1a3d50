"""What a running service does beside answering: it forgets old idempotency keys, a bounded number at a time."""

import asyncio
import logging
import random

from services.about import PURGE
from services.data.engine.database import Database
from services.engine.problems import Problem

log = logging.getLogger("services")

FIRST_SECONDS = 1.0
EVERY_SECONDS = 60.0
AT_ONCE = 1_000


async def upkeep(database: Database) -> None:
    """Run until cancelled. What fails is tried again the next time: the service answers all the same."""
    if not PURGE:
        return
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            while await database.fetchval(PURGE, AT_ONCE) == AT_ONCE:
                await asyncio.sleep(0.1)
        except Problem as problem:
            log.warning("old idempotency keys could not be forgotten: %s", problem.detail)
        # Replicas that start together should not go on together.
        await asyncio.sleep(random.uniform(0.5, 1.5) * EVERY_SECONDS)  # nosec B311
