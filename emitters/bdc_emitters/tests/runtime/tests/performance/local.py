"""A backend of its own to load: an embedded PostgreSQL that syncs to disk, the service, the rows of the tests, and a token per role."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.support.backend import running_backend
from tests.support.matrix import Rows, load_matrix


@contextmanager
def local_backend() -> Iterator[tuple[str, list[dict[str, str]], str]]:
    """Yield (address, headers of each caller, address of the database for its administrator)."""
    matrix = load_matrix()
    with (
        tempfile.TemporaryDirectory(prefix="load-") as scratch,
        _server(Path(scratch)) as server,
        running_backend(Path(scratch), matrix.document, server) as backend,
    ):
        asyncio.run(_extension(backend.database.admin_url))
        Rows(backend.database, matrix).restore()
        callers = [matrix.claims(name) for name in matrix.document["callers"]]
        headers = [backend.credentials(claims) for claims in callers if claims is not None]
        yield backend.url, headers or [{}], backend.database.admin_url


@contextmanager
def _server(scratch: Path) -> Iterator[str]:
    """Start a server that counts statements; a setting that takes a start of its own."""
    from tests.support.server import start

    folder = scratch / "database"
    try:
        with start(folder, durable=True) as first:
            asyncio.run(
                _execute(
                    first.superuser_url, "alter system set shared_preload_libraries = 'pg_stat_statements'"
                )
            )
        with start(folder, durable=True) as server:
            yield server.superuser_url
    finally:
        shutil.rmtree(folder.resolve(), ignore_errors=True)


async def _extension(url: str) -> None:
    await _execute(url, "create extension if not exists pg_stat_statements")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
