"""Try again when others are in the way. A statement that waits for a lock makes everybody else wait behind it: give up soon,
let them pass, come back later."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import asyncpg

BUDGET = 60.0  # seconds that one operation may go on trying
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_IN_THE_WAY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


async def patiently(attempt: Callable[[], Awaitable[None]], budget: float = BUDGET) -> None:
    """Await `attempt()` until it is not refused for a lock, a deadlock or a serialization failure; pauses double, with jitter.
    After `budget` seconds the refusal is raised."""
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + budget, _FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except _IN_THE_WAY:
            wait = pause * random.uniform(0.5, 1.5)  # nosec B311
            if loop.time() + wait > deadline:
                raise
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE)
