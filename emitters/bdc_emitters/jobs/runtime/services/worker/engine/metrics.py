"""What the worker counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
RUNS = Counter("job_runs", "Attempts that ended.", ("task", "outcome"), registry=REGISTRY)
ROWS = Counter("job_rows", "Rows that jobs changed.", ("task",), registry=REGISTRY)
SECONDS = Histogram(
    "job_run_seconds",
    "How long attempts took.",
    ("task",),
    buckets=(0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600),
    registry=REGISTRY,
)
WAITING = Gauge("jobs_waiting", "Runs that are due and wait.", ("task",), registry=REGISTRY)
OLDEST = Gauge(
    "jobs_oldest_waiting_seconds", "How long the oldest of them has waited.", ("task",), registry=REGISTRY
)
DEAD = Gauge(
    "jobs_dead",
    "Runs that failed for good and were neither replayed nor discarded.",
    ("task",),
    registry=REGISTRY,
)
