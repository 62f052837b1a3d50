"""Ways to make things go wrong at a chosen moment: a locked row, a database that vanishes, requests under way."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx

_PATIENCE = 10.0


@contextmanager
def locked(url: str, table: str, key: str) -> Iterator[Callable[[], None]]:
    """Hold the lock of one row: whoever wants to change it waits until what is yielded is called, or the block ends."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(url))

    def release() -> None:
        loop.run_until_complete(connection.execute("rollback"))

    try:
        loop.run_until_complete(connection.execute("begin"))
        statement = f'select from "{table}" where id = $1::uuid for update'
        loop.run_until_complete(connection.execute(statement, key))
        yield release
    finally:
        connection.terminate()
        loop.close()


def value(url: str, sql: str, *arguments: Any) -> Any:
    """Return one value, read as the administrator."""

    async def fetch() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql, *arguments)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def until(condition: Callable[[], Any]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def waiting(url: str) -> int:
    """The number of sessions of the service that wait for a lock."""
    found: int = value(
        url,
        "select count(*) from pg_stat_activity"
        " where usename = 'shop_runtime' and datname = current_database() and wait_event_type = 'Lock'",
    )
    return found


@contextmanager
def background(call: Callable[[], httpx.Response]) -> Iterator["Future[httpx.Response]"]:
    """Make a call in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call)


class Proxy:
    """A wire to a server that can be cut: connections through it break, new ones are refused until it is mended."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.mend()

    def url(self, target: str) -> str:
        """Return the URL of the server, through the wire."""
        parts = urlsplit(target)
        user = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{user}@127.0.0.1:{self.port}").geturl()

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        if self._listener is not None:
            # `shutdown` wakes the thread that accepts; `close` alone would leave it, and the port, as they are.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        while self._open:
            _hang_up(self._open.pop())

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._target)
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    _hang_up(source)
    _hang_up(target)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
