"""An endpoint of a subscriber: keeps what it is sent, and answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """`status`: what events are answered with; `proves`: challenges are answered. `secret`: what signatures are checked with."""

    url: str = ""
    secret: str = ""
    status: int = 204
    proves: bool = True
    events: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    unsigned: int = 0

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to one request."""
        try:
            told = Webhook(self.secret).verify(body, headers)
        except Exception:
            self.unsigned += 1
            return 401, b""
        if told["type"] == "webhook.challenge":
            return 200, json.dumps({"challenge": told["challenge"] if self.proves else "?"}).encode()
        if self.status >= 300:
            self.refused += 1
            return self.status, b""
        self.events.append(told)
        return self.status, b""


@contextmanager
def receiver(secret: str) -> Iterator[Receiver]:
    """Serve an endpoint on this machine."""
    found = Receiver(secret=secret)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, answer = found.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            # In chunks, as many frameworks answer.
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for part in (answer[:5], answer[5:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if part else b"")
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/events"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
