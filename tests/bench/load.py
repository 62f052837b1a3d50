"""A small HTTP/1.1 load client: fixed connections, one request in flight on each, latencies of every answer.

It runs in a process of its own so that its work is not counted as the server's. Requests are bytes prepared beforehand.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

ERRORS = b'"errors":'  # how GraphQL says, with status 200, that something went wrong


@dataclass(frozen=True)
class Sample:
    """What one run saw. Latencies are in milliseconds; `bad` counts answers whose status was not the expected one, or that tell
    of errors."""

    requests: int
    seconds: float
    bad: int
    p50: float
    p99: float


class _Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, run: "_Run") -> None:
        self.run = run
        self.buffer = b""
        self.needed = -1
        self.sent = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        if self.run.stopped or self.transport is None:
            return
        self.sent = time.perf_counter()
        self.transport.write(self.run.next())

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        if self.needed < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self.needed = end + 4 + _content_length(self.buffer[:end])
        if len(self.buffer) >= self.needed:
            self.run.latencies.append(time.perf_counter() - self.sent)
            if self.buffer[9:12] != self.run.expected or ERRORS in self.buffer:
                self.run.bad += 1
                self.run.example = self.run.example or self.buffer[:2000]
            self.buffer, self.needed = b"", -1
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.run.stopped:
            self.run.bad += 1


def _content_length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at < 0:
        return 0
    end = lower.find(b"\r\n", at)
    return int(lower[at + 15 : end if end > 0 else None])


class _Run:
    def __init__(self, requests: Sequence[bytes], expected: bytes) -> None:
        self.requests = requests
        self.expected = expected
        self.position = 0
        self.latencies: list[float] = []
        self.bad = 0
        self.example = b""
        self.stopped = False

    def next(self) -> bytes:
        self.position = (self.position + 1) % len(self.requests)
        return self.requests[self.position]


async def _drive(
    port: int, requests: Sequence[bytes], expected: bytes, connections: int, seconds: float
) -> Sample:
    run = _Run(requests, expected)
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: _Client(run), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    run.stopped = True
    elapsed = time.perf_counter() - begun
    latencies = sorted(run.latencies)
    for transport, _ in opened:
        transport.close()
    if run.example:
        sys.stderr.write(run.example.decode(errors="replace") + "\n")
    return Sample(
        requests=len(latencies),
        seconds=elapsed,
        bad=run.bad,
        p50=latencies[len(latencies) // 2] * 1000 if latencies else 0.0,
        p99=latencies[int(len(latencies) * 0.99)] * 1000 if latencies else 0.0,
    )


def main() -> None:
    """Read a job (JSON) from the file named by the only argument, print the sample as JSON."""
    import uvloop

    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    requests = [request.encode() for request in job["requests"]]
    work = _drive(job["port"], requests, str(job["expected"]).encode(), job["connections"], job["seconds"])
    sample = uvloop.run(work)
    print(json.dumps(asdict(sample)))


if __name__ == "__main__":
    main()
