"""Is the process alive, is it ready, what does it count."""

from asyncio import to_thread
from importlib import import_module
from typing import Any

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Route


async def healthz(request: Request) -> Answer:
    """Alive: says nothing about the database, so that its failure does not restart every replica."""
    return Answer(200, b'{"status":"alive"}')


async def readyz(request: Request) -> Answer:
    """Ready: the database answers and holds the release of the schema that this code calls."""
    await request.services.readiness.require()
    return Answer(200, b'{"status":"ready"}')


async def scrape(request: Request) -> Answer:
    """Metrics in Prometheus' text format. What writes them takes 3 MiB, and is loaded beside the event loop when they are first wanted."""
    metrics: Any = await to_thread(import_module, "api.engine.middleware.metrics")
    metrics.measure(request.services)
    answer: Answer = metrics.exposition()
    return answer


ROUTES = (
    Route("GET", "/healthz", healthz, "healthz"),
    Route("GET", "/readyz", readyz, "readyz"),
    Route("GET", "/metrics", scrape, "metrics"),
)
