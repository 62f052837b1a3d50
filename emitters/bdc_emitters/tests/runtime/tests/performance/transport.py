"""HTTP/1.1 for the load test: connections that are used again, and little work per request, for who measures must not be what is measured."""

import asyncio
import ssl

import h11
import httpx

_SECONDS = 30.0
_CHUNK = 65536


class Transport(httpx.AsyncBaseTransport):
    """Sends requests of `httpx` to one host. As many connections as there are requests under way, `most` at most."""

    def __init__(self, most: int = 1000) -> None:
        self._idle: list[Connection] = []
        self._room = asyncio.Semaphore(most)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer. httpx.TimeoutException, httpx.TransportError."""
        async with self._room:
            try:
                return await asyncio.wait_for(self._answered(request), _SECONDS)
            except TimeoutError as error:
                raise httpx.ReadTimeout("no answer") from error
            except (OSError, h11.ProtocolError, EOFError) as error:
                raise httpx.ReadError(str(error)) from error

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        connection = self._idle.pop() if self._idle else await Connection.to(request.url)
        try:
            answer = await connection.exchange(request)
        except BaseException:
            connection.close()
            raise
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def aclose(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()


class Connection:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = h11.Connection(h11.CLIENT)
        self.reusable = True

    @classmethod
    async def to(cls, url: httpx.URL) -> "Connection":
        """Return a new connection to the host of `url`."""
        secure = ssl.create_default_context() if url.scheme == "https" else None
        port = url.port or (443 if secure else 80)
        return cls(*await asyncio.open_connection(url.host, port, ssl=secure))

    async def exchange(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its answer whole."""
        sent = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        data = self._protocol.send(sent) or b""
        data += self._protocol.send(h11.Data(data=request.content)) or b"" if request.content else b""
        self._writer.write(data + (self._protocol.send(h11.EndOfMessage()) or b""))
        head: h11.Response | None = None
        body: list[bytes] = []
        while True:
            event = self._protocol.next_event()
            if event is h11.NEED_DATA:
                self._protocol.receive_data(await self._reader.read(_CHUNK))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed):
                raise EOFError("the connection was closed")
        assert head is not None
        self.reusable = self._protocol.our_state is h11.DONE and self._protocol.their_state is h11.DONE
        if self.reusable:
            self._protocol.start_next_cycle()
        return httpx.Response(
            head.status_code, headers=list(head.headers.raw_items()), content=b"".join(body)
        )

    def close(self) -> None:
        """Close it."""
        self._writer.close()
