"""What Prometheus scrapes. Routes are labelled by template, never by path: the number of series is known."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from api.engine.http.answer import Answer
from api.engine.middleware import counts
from services.data.engine.times import STATEMENTS, WAITS, Times

if TYPE_CHECKING:  # limits that are shared count here, and are part of the services
    from services.engine.container import Services

REGISTRY = CollectorRegistry()
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)


class Durations(Collector):
    """The histogram of requests; the library's own takes a lock several times per request."""

    def collect(self) -> Iterator[Metric]:
        """Yield the histogram as it is now."""
        found = HistogramMetricFamily(
            "http_server_request_duration_seconds",
            "Time from the first byte of a request to the last of its answer.",
            labels=("method", "route", "status"),
        )
        for (method, route, status), series in counts.DURATIONS.items():
            found.add_metric((method, route, str(status)), _buckets(series.counts), series.seconds)
        yield found


def _buckets(filled: Iterable[int]) -> list[tuple[str, float]]:
    """Return the bound of each bucket, and how many requests took at most that long."""
    return list(zip((*map(floatToGoString, counts.BUCKETS), "+Inf"), accumulate(filled), strict=True))


REGISTRY.register(Durations())
ACTIVE = Gauge("http_server_active_requests", "Requests under way.", registry=REGISTRY)
ACTIVE.set_function(lambda: counts.under_way())
IN_USE = Gauge("db_client_connections_in_use", "Connections that are running a statement.", registry=REGISTRY)
IDLE = Gauge("db_client_connections_idle", "Connections that are free.", registry=REGISTRY)
WAITING = Gauge("db_client_connections_waiting", "Requests that wait for a connection.", registry=REGISTRY)
MAXIMUM = Gauge("db_client_connections_max", "The size of the pool.", registry=REGISTRY)
MIGRATED = Gauge(
    "database_release_present",
    "Whether the database has the schema of this release: 1, 0, or -1 while the database cannot be asked.",
    registry=REGISTRY,
)


class RateLimited(Collector):
    """The requests that were refused because their caller calls too often."""

    def collect(self) -> Iterator[Metric]:
        """Yield their number as it is now."""
        yield CounterMetricFamily(
            "http_server_rate_limited",
            "Requests refused because their caller calls too often.",
            value=counts.rate_limited(),
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


REGISTRY.register(RateLimited())
REGISTRY.register(
    Buckets("db_client_operation_duration_seconds", "Time of statements and transactions.", STATEMENTS)
)
REGISTRY.register(
    Buckets("db_client_connection_wait_seconds", "Time that requests waited for a connection.", WAITS)
)


def measure(services: "Services") -> None:
    """Bring the gauges up to date."""
    pool = services.database.pool
    IN_USE.set(pool.in_use)
    IDLE.set(pool.idle)
    WAITING.set(pool.waiting)
    MAXIMUM.set(services.settings.database.pool_size)
    migrated = services.readiness.migrated
    MIGRATED.set(-1 if migrated is None else int(migrated))


def exposition() -> Answer:
    """Return the answer to a scrape."""
    return Answer(200, generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST.encode())
