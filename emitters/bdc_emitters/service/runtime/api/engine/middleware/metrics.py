"""What Prometheus scrapes. Routes are labelled by template, never by path: the number of series is known."""

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.engine.http.answer import Answer
from services.about import LATENCY_OBJECTIVE

BUCKETS = tuple(sorted({0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, LATENCY_OBJECTIVE}))

REGISTRY = CollectorRegistry()
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)

DURATION = Histogram(
    "http_server_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ("method", "route", "status"),
    buckets=BUCKETS,
    registry=REGISTRY,
)
ACTIVE = Gauge("http_server_active_requests", "Requests under way.", registry=REGISTRY)
RATE_LIMITED = Counter(
    "http_server_rate_limited", "Requests refused because their caller calls too often.", registry=REGISTRY
)
IN_USE = Gauge("db_client_connections_in_use", "Connections that are running a statement.", registry=REGISTRY)
IDLE = Gauge("db_client_connections_idle", "Connections that are free.", registry=REGISTRY)
WAITING = Gauge("db_client_connections_waiting", "Requests that wait for a connection.", registry=REGISTRY)
MAXIMUM = Gauge("db_client_connections_max", "The size of the pool.", registry=REGISTRY)

_observers: dict[tuple[str, str, int], Callable[[float], None]] = {}


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    key = (method, route, status)
    observer = _observers.get(key)
    if observer is None:
        observer = DURATION.labels(method, route, str(status)).observe
        _observers[key] = observer
    observer(seconds)
    if status == 429:
        RATE_LIMITED.inc()


def exposition() -> Answer:
    """Return the answer to a scrape."""
    return Answer(200, generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST.encode())
