"""Another service on this machine, that answers, fails, hangs, drips or lies as it is told."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OFFER = {"price": "7.50", "currency": "EUR", "class": "by_air", "unknown": [1]}
ANSWERS: dict[tuple[str, str], Any] = {
    ("POST", "/mail/send"): {"id": "m-1", "accepted": True, "cost": 0.25, "notes": []},
    ("DELETE", "/mail/people"): None,
    ("DELETE", "/carrier/parcels"): None,
    ("GET", "/rates/offers"): OFFER,
    ("POST", "/carrier/parcels"): {"number": "P-7", "due": "2030-01-01T00:00:00Z", "size": None, "parts": []},
    ("POST", "/token"): {"access_token": "t-1", "expires_in": 600},
}


@dataclass(frozen=True)
class Request:
    """What came in; `path` without the query."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


@dataclass
class Outside:
    """`mode` by path prefix: ok, hang, drip, close, garbage, huge, html, redirect, or a status. `requests`: what came in."""

    url: str = ""
    modes: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def mode(self, path: str) -> str:
        return next((mode for prefix, mode in self.modes.items() if path.startswith(prefix)), "ok")

    def seen(self, prefix: str) -> list[Request]:
        return [each for each in self.requests if each.path.startswith(prefix)]

    def reset(self) -> None:
        """Forget what came in, and answer again."""
        self.modes.clear()
        self.requests.clear()

    def counts(self) -> Counter[str]:
        return Counter(each.path for each in self.requests)


def _answer(method: str, path: str) -> Any:
    return next(
        (answer for (verb, prefix), answer in ANSWERS.items() if verb == method and path.startswith(prefix)),
        {},
    )


@contextmanager
def outside() -> Iterator[Outside]:
    """Serve it."""
    found = Outside()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            is_json = headers.get("content-type") == "application/json"
            found.requests.append(
                Request(self.command, path, query, headers, json.loads(body) if is_json else body.decode())
            )
            self._as_told(found.mode(path), json.dumps(_answer(self.command, path)).encode())

        do_GET = do_POST = do_PUT = do_DELETE = _serve

        def _as_told(self, mode: str, answer: bytes) -> None:
            match mode:
                case "hang":
                    found.stop.wait(60)
                case "close":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                case "drip":
                    self._head(200, 100_000)
                    while not found.stop.wait(0.05):
                        try:
                            self.wfile.write(b" ")
                        except OSError:
                            return
                case "huge":
                    self._whole(200, b'"' + b"x" * 2_000_000 + b'"')
                case "garbage":
                    self._whole(200, b"\xff\xfe{]")
                case "html":
                    self._whole(200, b"<html>Welcome</html>")
                case "redirect":
                    self.send_response(302)
                    self.send_header("location", "http://169.254.169.254/")
                    self.send_header("content-length", "0")
                    self.end_headers()
                case "ok":
                    self._whole(200, answer)
                case status:
                    self._whole(int(status), b"{}")

        def _head(self, status: int, length: int) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(length))
            self.end_headers()

        def _whole(self, status: int, body: bytes) -> None:
            self._head(status, len(body))
            try:
                self.wfile.write(body)
            except OSError:
                time.sleep(0)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        found.stop.set()
        server.shutdown()
        server.server_close()
