"""The queue: procrastinate, on connections of its own that reach the database directly (a pooler does not pass notifications on)."""

import os
from typing import Any

from procrastinate import App, PsycopgConnector
from psycopg.conninfo import make_conninfo

from services.about import SERVICE_ROLE
from services.engine.config import Settings

# The queue's tables are in schema `app`, open to this role alone.
OPTIONS = f"-c search_path=app,pg_catalog -c role={SERVICE_ROLE}"
CONNECTIONS = 4


def open_queue(settings: Settings) -> App:
    """Return the queue; nothing is connected yet. WORKER_DATABASE_URL: the database without a pooler, where DATABASE_URL has one."""
    return App(connector=PsycopgConnector(min_size=1, max_size=CONNECTIONS, **_arguments(settings)))


def _arguments(settings: Settings) -> dict[str, Any]:
    url = os.environ.get("WORKER_DATABASE_URL", settings.database.url)
    more = {"password": settings.database.password} if settings.database.password else {}
    info = make_conninfo(url, options=OPTIONS, connect_timeout=5, application_name="worker", **more)
    return {"conninfo": info, "timeout": 10.0}
