"""How the service is put together. Start it with `granian --interface asgi api.app:app`.

The routes of the specification are served by `Edge`; anything else by the Starlette application in `api.extensions`,
which also runs start and stop.
"""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from starlette.applications import Starlette

from api import health
from api.documentation import page
from api.extensions import ROUTES as OWN_ROUTES
from api.http.routing import Router
from api.logs import configure_logs
from api.middleware import metrics
from api.middleware.access_log import AccessLog
from api.middleware.edge import Edge
from api.routes import ROUTES
from services.config import ConfigurationError, Settings, load_settings
from services.container import build_services, close_services, open_services

FLUSH_SECONDS = 0.25


def create_app(settings: Settings | None = None) -> Edge:
    """Return the ASGI application; settings are read when it starts, unless they are given."""
    router = Router((*ROUTES, *health.ROUTES, *page.ROUTES))
    edge: list[Edge] = []
    starlette = Starlette(routes=list(OWN_ROUTES), lifespan=_lifespan(edge, settings))
    edge.append(Edge(router, starlette))
    return edge[0]


def _lifespan(
    edge: list[Edge], given: Settings | None
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        settings = given or _settings_or_exit()
        configure_logs(settings.log.level)
        services = build_services(settings)
        await open_services(services)
        access_log = AccessLog(settings.log.access)
        metrics.ACTIVE.set_function(lambda: edge[0].under_way)
        edge[0].start(services, access_log)
        flusher = asyncio.get_running_loop().create_task(_flush(access_log))
        gc.collect()
        gc.freeze()  # what was made at start stays: the collector need not walk it again and again
        try:
            yield
        finally:
            await edge[0].stop()
            await close_services(services)
            flusher.cancel()
            with suppress(asyncio.CancelledError):
                await flusher
            access_log.flush()

    return lifespan


def _settings_or_exit() -> Settings:
    """Return the settings; without usable ones say why on standard error and leave."""
    try:
        return load_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(78) from None


async def _flush(access_log: AccessLog) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        access_log.flush()


app = create_app()
