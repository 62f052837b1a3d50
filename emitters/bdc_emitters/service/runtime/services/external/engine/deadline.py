"""How long the caller of a call has."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)
RESERVE = 0.5
"""Seconds that a request keeps for its own answer."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is called inside has so many seconds altogether."""
    token = _DEADLINE.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def remaining(most: float) -> float:
    """Return the seconds that are left, `most` at most."""
    deadline = _DEADLINE.get()
    return most if deadline is None else min(most, deadline - time.monotonic())
