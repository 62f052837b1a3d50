"""What is counted of requests, in plain numbers. `metrics` turns them into what Prometheus scrapes, and is loaded when that is first wanted."""

from bisect import bisect_left
from collections.abc import Callable

from services.about import LATENCY_OBJECTIVE

BUCKETS = tuple(sorted({0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, LATENCY_OBJECTIVE}))


class Series:
    """The requests of one method, route and status: how many fell into each bucket, and the sum of their seconds."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0


# By method, route and status. The event loop alone writes it: no lock is needed.
DURATIONS: dict[tuple[str, str, int], Series] = {}


def _none() -> int:
    return 0


under_way: Callable[[], int] = _none  # how many requests are being served


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    key = (method, route, status)
    series = DURATIONS.get(key)
    if series is None:
        series = DURATIONS[key] = Series()
    series.counts[bisect_left(BUCKETS, seconds)] += 1
    series.seconds += seconds


def rate_limited() -> int:
    """Return how many requests have been refused because their caller calls too often."""
    return sum(sum(series.counts) for (_, _, status), series in DURATIONS.items() if status == 429)
