"""Three answers over HTTP: the process lives, the queue is reached, what is counted."""

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.worker.engine.metrics import REGISTRY

Ready = Callable[[], Awaitable[bool]]
_LONGEST = 8_192


async def listen(host: str, port: int, ready: Ready) -> asyncio.Server:
    """Start to answer `/healthz`, `/readyz` and `/metrics`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = await _answer(head.split(b" ", 2)[1].decode("ascii", "replace"), ready)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (
            OSError,
            TimeoutError,
            ValueError,
            IndexError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ):
            return
        finally:
            writer.close()

    return await asyncio.start_server(answer, host, port, limit=_LONGEST)


async def _answer(path: str, ready: Ready) -> tuple[str, str, bytes]:
    if path == "/healthz":
        return "200 OK", "application/json", b'{"status":"alive"}'
    if path == "/readyz":
        is_ready = await ready()
        status = "200 OK" if is_ready else "503 Service Unavailable"
        return status, "application/json", b'{"status":"ready"}' if is_ready else b'{"status":"not ready"}'
    if path == "/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
    return "404 Not Found", "text/plain", b""
