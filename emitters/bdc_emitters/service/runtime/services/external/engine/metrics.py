"""What is counted about calls, for Prometheus. Labels are names of the specification, never values."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CALLS = Counter(
    "external_calls",
    "Calls of other services that ended.",
    ("external", "operation", "outcome"),
    registry=None,
)
ATTEMPTS = Counter(
    "external_attempts", "Requests that were sent for them.", ("external", "operation"), registry=None
)
SECONDS = Histogram(
    "external_call_seconds",
    "How long calls took, with all their attempts.",
    ("external", "operation"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=None,
)
OPEN = Gauge(
    "external_breaker_open",
    "Whether calls are refused because too many failed.",
    ("external",),
    registry=None,
)
RUNNING = Gauge("external_calls_running", "Calls under way.", ("external",), registry=None)


def register(registry: CollectorRegistry) -> None:
    """Add them to what is scraped."""
    for collector in (CALLS, ATTEMPTS, SECONDS, OPEN, RUNNING):
        registry.register(collector)
