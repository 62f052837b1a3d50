"""The time a request may take. One sweeper looks at all requests under way, so that a request costs two dictionary entries."""

import asyncio
import time
from itertools import islice, takewhile
from typing import Any

SWEEP_SECONDS = 0.1
AT_ONCE = 20

Task = asyncio.Task[Any]


class Deadlines:
    """Cancels requests that are older than `seconds`; `expired` tells such a cancellation from any other."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[Task, float] = {}
        self._expired: set[Task] = set()
        self._sweeper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._running)

    def enter(self, task: Task | None, now: float) -> None:
        """Start the clock of a request."""
        if task is not None:
            self._running[task] = now + self._seconds

    def leave(self, task: Task | None) -> None:
        """Stop the clock."""
        if task is not None:
            self._running.pop(task, None)

    def expired(self, task: Task | None) -> bool:
        """Say, once, whether the cancellation that just arrived is this sweeper's."""
        if task is None or task not in self._expired:
            return False
        self._expired.discard(task)
        task.uncancel()
        return True

    def start(self) -> None:
        """Start sweeping."""
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def stop(self, drain: float) -> None:
        """Let requests under way end, for at most `drain` seconds, then stop sweeping."""
        until = time.perf_counter() + drain
        while self._running and time.perf_counter() < until:
            await asyncio.sleep(0.02)
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            while self._expire(time.perf_counter()):
                await asyncio.sleep(0)  # others are answered in between

    def _expire(self, now: float) -> bool:
        """Cancel some of those whose time is over, oldest first; say whether there may be more."""
        over = list(islice(takewhile(lambda entry: entry[1] < now, self._running.items()), AT_ONCE))
        for task, _ in over:
            del self._running[task]
            self._expired.add(task)
            task.cancel()
        return len(over) == AT_ONCE
