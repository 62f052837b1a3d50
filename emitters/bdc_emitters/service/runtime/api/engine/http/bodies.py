"""Bodies that have not arrived in full: how many there may be in this process, and how much of them it holds.

Every one that is too many sends away the one that has taken longest: honest bodies arrive in a moment, and it is slow ones that
fill the table. The time for one is that of its request.
"""

import asyncio
from typing import Any

from services.engine.problems import Problem, unavailable

MOST_BODIES = 1_000
MOST_BYTES = 67_108_864

Task = asyncio.Task[Any]


class Bodies:
    """The unfinished bodies, oldest first."""

    def __init__(self, most: int = MOST_BODIES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._held: dict[Task, int] = {}
        self._sent_away: set[Task] = set()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    def enter(self, task: Task) -> None:
        """Start to wait for the body of a request."""
        while len(self._held) >= self._most:
            self._send_away()
        self._held[task] = 0

    def grow(self, task: Task, size: int) -> None:
        """Note that `size` bytes more are held."""
        if task in self._held:
            self._held[task] += size
            self._bytes += size
        while self._bytes > self._most_bytes and self._held:
            self._send_away()

    def leave(self, task: Task) -> None:
        """The body is complete, or the request has ended."""
        self._bytes -= self._held.pop(task, 0)

    def sent_away(self, task: Task) -> Problem | None:
        """Return the refusal, once, of a request that was cancelled from here; None for any other cancellation."""
        if task not in self._sent_away:
            return None
        self._sent_away.discard(task)
        task.uncancel()
        refusal = unavailable("Too many unfinished bodies; send the body without pauses.")
        refusal.headers = (*refusal.headers, (b"connection", b"close"))
        return refusal

    def _send_away(self) -> None:
        task = next(iter(self._held))
        self.leave(task)
        self._sent_away.add(task)
        task.cancel()


BODIES = Bodies()
