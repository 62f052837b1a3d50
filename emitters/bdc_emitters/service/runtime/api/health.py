"""Is the process alive, is it ready, what does it count."""

from api.http.answer import Answer
from api.http.request import Request
from api.http.routing import Route
from api.middleware import metrics
from services.about import RELEASE
from services.problems import Problem, unavailable

READY = "select has_schema_privilege(current_user, $1::text, 'usage')"


async def healthz(request: Request) -> Answer:
    """Alive: says nothing about the database, so that its failure does not restart every replica."""
    return Answer(200, b'{"status":"alive"}')


async def readyz(request: Request) -> Answer:
    """Ready: the database answers and holds the release of the schema that this code calls."""
    try:
        present = await request.services.database.fetchval(READY, RELEASE)
    except Problem as problem:
        raise unavailable(problem.detail or "The database does not answer.") from None
    if not present:
        raise unavailable(f"The database does not have the schema {RELEASE}: migrate it first.", 5)
    return Answer(200, b'{"status":"ready"}')


async def scrape(request: Request) -> Answer:
    """Metrics in Prometheus' text format."""
    pool = request.services.database.pool
    metrics.IN_USE.set(pool.in_use)
    metrics.IDLE.set(pool.idle)
    metrics.WAITING.set(pool.waiting)
    metrics.MAXIMUM.set(request.services.settings.database.pool_size)
    return metrics.exposition()


ROUTES = (
    Route("GET", "/healthz", healthz, "healthz"),
    Route("GET", "/readyz", readyz, "readyz"),
    Route("GET", "/metrics", scrape, "metrics"),
)
