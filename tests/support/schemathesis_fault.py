"""A service without object-level authorization: a proxy that shows a row to whoever knows its key.

It is the planted fault for checks of authorization: whoever finds nothing behind it finds nothing at all. Lists stay the
caller's own; a read that is refused with 404 is repeated as each of the other callers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

KEPT = ("content-type", "if-match", "idempotency-key")
DROPPED = ("transfer-encoding", "connection", "content-length", "date", "server")
Answer = tuple[int, list[tuple[str, str]], bytes]


@contextmanager
def open_by_key(target: str, tokens: Sequence[str]) -> Iterator[str]:
    """Yield the URL of a proxy for the service at `target` that reads rows as any of `tokens`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(urlsplit(target).netloc, tokens))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(netloc: str, tokens: Sequence[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            own = self.headers.get("authorization", "")
            answer = self._ask(body, own)
            if self.command == "GET" and answer[0] == 404 and own:
                others = (self._ask(body, f"Bearer {token}") for token in tokens)
                answer = next((other for other in others if other[0] == 200), answer)
            self._answer(*answer)

        def _ask(self, body: bytes, authorization: str) -> Answer:
            headers = {name: self.headers[name] for name in KEPT if name in self.headers}
            if authorization:
                headers["Authorization"] = authorization
            connection = HTTPConnection(netloc)
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            return answer.status, answer.getheaders(), content

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in DROPPED:
                    self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _pass_on

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler
