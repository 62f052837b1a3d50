"""A transaction pooler, as small as one can be: each transaction of a client runs on whichever server connection is free.

It speaks the protocol of PostgreSQL (https://www.postgresql.org/docs/current/protocol-message-formats.html) just as far as it must:
it answers a start itself, and gives a server connection back when the server says that it is idle (ReadyForQuery, `I`).
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_READY = b"Z\x00\x00\x00\x05I"


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Pooler:
    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._free: list[Streams] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            start = await self._start(reader, writer)
            server = await self._server(start)
            self._free.append(server)
            writer.write(_greeting() + _READY)
            await self._transactions((reader, writer), start)
        writer.close()

    async def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Read the first message; a wish for encryption is refused first."""
        while True:
            length = await reader.readexactly(4)
            body = await reader.readexactly(struct.unpack("!i", length)[0] - 4)
            if struct.unpack("!i", body[:4])[0] != 80877103:
                return length + body
            writer.write(b"N")

    async def _server(self, start: bytes) -> Streams:
        reader, writer = await asyncio.open_connection(*self._place)
        writer.write(start)
        while (await _message(reader))[:1] != b"Z":
            pass
        return reader, writer

    async def _transactions(self, client: Streams, start: bytes) -> None:
        """Take a server connection (the one that was given back last) when the client speaks, until it is idle again."""
        spoken = asyncio.ensure_future(_message(client[0]))
        while (await asyncio.wait([spoken]))[0] and (message := spoken.result())[:1] != b"X":
            server = self._free.pop() if self._free else await self._server(start)
            answered = asyncio.ensure_future(_message(server[0]))
            server[1].write(message)
            spoken = asyncio.ensure_future(_message(client[0]))
            while True:
                await asyncio.wait([spoken, answered], return_when=asyncio.FIRST_COMPLETED)
                if answered.done():
                    client[1].write(answered.result())
                    if answered.result() == _READY:
                        break
                    answered = asyncio.ensure_future(_message(server[0]))
                elif spoken.done():
                    server[1].write(spoken.result())
                    spoken = asyncio.ensure_future(_message(client[0]))
            self._free.append(server)


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


def _greeting() -> bytes:
    """Authentication is done, and the version is that of the server."""
    version = b"server_version\x0018.0\x00"
    return (
        b"R" + struct.pack("!ii", 8, 0) + b"S" + struct.pack("!i", 4 + len(version)) + version
        + b"K" + struct.pack("!iii", 12, 0, 0)
    )  # fmt: skip


@asynccontextmanager
async def pooler(host: str, port: int) -> AsyncIterator[int]:
    """Run a pooler before the server at `host` and `port` (which must ask nobody for a password); yield its own port."""
    listening = await asyncio.start_server(_Pooler(host, port).serve, "127.0.0.1", 0)
    try:
        yield int(listening.sockets[0].getsockname()[1])
    finally:
        listening.close()
