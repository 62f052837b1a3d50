"""What Prometheus scrapes. Routes are labelled by template, never by path: the number of series is known."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from api.engine.http.answer import Answer
from services.about import LATENCY_OBJECTIVE
from services.data.engine.times import STATEMENTS, WAITS, Times

BUCKETS = tuple(sorted({0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, LATENCY_OBJECTIVE}))

REGISTRY = CollectorRegistry()
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)


class _Series:
    """The requests of one method, route and status: how many fell into each bucket, and the sum of their seconds."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0


class Durations(Collector):
    """A histogram that the event loop alone writes: it needs no lock, which the library's own takes several times per request."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str, int], _Series] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = (method, route, status)
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = _Series()
        series.counts[bisect_left(BUCKETS, seconds)] += 1
        series.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """Yield the histogram as it is now."""
        found = HistogramMetricFamily(
            "http_server_request_duration_seconds",
            "Time from the first byte of a request to the last of its answer.",
            labels=("method", "route", "status"),
        )
        for (method, route, status), series in self._series.items():
            found.add_metric((method, route, str(status)), _buckets(series.counts), series.seconds)
        yield found


def _buckets(counts: Iterable[int]) -> list[tuple[str, float]]:
    """Return the bound of each bucket, and how many requests took at most that long."""
    return list(zip((*map(floatToGoString, BUCKETS), "+Inf"), accumulate(counts), strict=True))


DURATIONS = Durations()
REGISTRY.register(DURATIONS)
ACTIVE = Gauge("http_server_active_requests", "Requests under way.", registry=REGISTRY)
RATE_LIMITED = Counter(
    "http_server_rate_limited", "Requests refused because their caller calls too often.", registry=REGISTRY
)
IN_USE = Gauge("db_client_connections_in_use", "Connections that are running a statement.", registry=REGISTRY)
IDLE = Gauge("db_client_connections_idle", "Connections that are free.", registry=REGISTRY)
WAITING = Gauge("db_client_connections_waiting", "Requests that wait for a connection.", registry=REGISTRY)
MAXIMUM = Gauge("db_client_connections_max", "The size of the pool.", registry=REGISTRY)
MIGRATED = Gauge(
    "database_release_present",
    "Whether the database has the schema of this release: 1, 0, or -1 while the database cannot be asked.",
    registry=REGISTRY,
)


class Buckets(Collector):
    """A histogram that is counted elsewhere."""

    def __init__(self, name: str, documentation: str, times: Times) -> None:
        self._name, self._documentation, self._times = name, documentation, times

    def collect(self) -> Iterable[Metric]:
        """Yield it as it is now."""
        times = self._times
        yield HistogramMetricFamily(
            self._name, self._documentation, buckets=times.cumulative(), sum_value=times.total
        )


REGISTRY.register(
    Buckets("db_client_operation_duration_seconds", "Time of statements and transactions.", STATEMENTS)
)
REGISTRY.register(
    Buckets("db_client_connection_wait_seconds", "Time that requests waited for a connection.", WAITS)
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    DURATIONS.observe(method, route, status, seconds)
    if status == 429:
        RATE_LIMITED.inc()


def exposition() -> Answer:
    """Return the answer to a scrape."""
    return Answer(200, generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST.encode())
