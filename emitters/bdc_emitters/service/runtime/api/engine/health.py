"""Is the process alive, is it ready, what does it count."""

from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Route
from api.engine.middleware import metrics
from services.engine.container import Services


async def healthz(request: Request) -> Answer:
    """Alive: says nothing about the database, so that its failure does not restart every replica."""
    return Answer(200, b'{"status":"alive"}')


async def readyz(request: Request) -> Answer:
    """Ready: the database answers and holds the release of the schema that this code calls."""
    await request.services.readiness.require()
    return Answer(200, b'{"status":"ready"}')


async def scrape(request: Request) -> Answer:
    """Metrics in Prometheus' text format."""
    measure(request.services)
    return metrics.exposition()


def measure(services: Services) -> None:
    """Bring the gauges up to date."""
    pool = services.database.pool
    metrics.IN_USE.set(pool.in_use)
    metrics.IDLE.set(pool.idle)
    metrics.WAITING.set(pool.waiting)
    metrics.MAXIMUM.set(services.settings.database.pool_size)
    migrated = services.readiness.migrated
    metrics.MIGRATED.set(-1 if migrated is None else int(migrated))


ROUTES = (
    Route("GET", "/healthz", healthz, "healthz"),
    Route("GET", "/readyz", readyz, "readyz"),
    Route("GET", "/metrics", scrape, "metrics"),
)
