"""How the service is put together. Start it with `granian --interface asgi api.app:app`.

The routes of the specification are served by `Edge`; anything else by the Starlette application in `api.extensions`,
which also runs start and stop.
"""

import asyncio
import gc
import resource
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from api import routes
from api.engine import health
from api.engine.documentation import page
from api.engine.http.routing import Router
from api.engine.logs import configure_logs
from api.engine.middleware import counts
from api.engine.middleware.access_log import AccessLog
from api.engine.middleware.edge import Edge
from api.extensions import ROUTES as OWN_ROUTES
from services.engine.config import ConfigurationError, Settings, load_settings
from services.engine.container import Services, build_services, close_services, open_services
from services.engine.telemetry.tracing import Tracer
from services.engine.upkeep import upkeep

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

FLUSH_SECONDS = 0.25
MOST_FILES = 65_536


def create_app(settings: Settings | None = None) -> Edge:
    """Return the ASGI application; settings are read when it starts, unless they are given."""
    router = Router((*routes.ROUTES, *health.ROUTES, *page.ROUTES))
    edge: list[Edge] = []
    starlette = Starlette(routes=list(OWN_ROUTES), lifespan=_lifespan(edge, settings))
    edge.append(Edge(router, starlette, getattr(routes, "REFUSAL", None)))
    return edge[0]


def _lifespan(
    edge: list[Edge], given: Settings | None
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        settings = given or _settings_or_exit()
        configure_logs(settings.log.level)
        _allow_many_connections()
        services = build_services(settings)
        await open_services(services)
        access_log = AccessLog(settings.log.access)
        counts.under_way = lambda: edge[0].under_way
        beside = [_flush(access_log), upkeep(services.database)]
        tracer = None
        if settings.telemetry.endpoint:
            from services.engine.telemetry.sender import Sender  # most services send nothing

            tracer = Tracer(settings.telemetry)
            beside.append(Sender(settings, tracer, lambda: _counted(services)).run())
        edge[0].start(services, access_log, tracer)
        tasks = [asyncio.get_running_loop().create_task(each) for each in beside]
        gc.collect()
        gc.freeze()  # what was made at start stays: the collector need not walk it again and again
        try:
            yield
        finally:
            await edge[0].stop()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await close_services(services)
            access_log.flush()

    return lifespan


def _counted(services: Services) -> "Iterable[Metric]":
    """Return what is counted, as it is now."""
    from api.engine.middleware import metrics

    metrics.measure(services)
    return metrics.REGISTRY.collect()


def _settings_or_exit() -> Settings:
    """Return the settings; without usable ones say why on standard error and leave."""
    try:
        return load_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(78) from None


def _allow_many_connections() -> None:
    """Raise this process' own limit of open files as far as it may: a connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _flush(access_log: AccessLog) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        access_log.flush()


app = create_app()
