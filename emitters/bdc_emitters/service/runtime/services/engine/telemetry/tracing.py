"""Spans of requests and of their statements. Whether a request is sampled is decided before any span exists: the others cost a comparison.

A caller's `traceparent` (W3C) decides for its request, as long as fewer than `most_per_second` are sampled; without one, `sample` of
the requests are. A span carries templates (route, statement), never values.
"""

import random
import re
import time
from contextvars import ContextVar
from typing import Any

from services.engine.config import TelemetrySettings

MOST_WAITING = 4_096
_SAMPLED = b"01"
_LENGTH = 55  # 00-<32>-<16>-<2>
_STATEMENT = 400
_HEX = re.compile("[0-9a-f]+")


class Span:
    """A piece of work. `kind`: 2 server, 3 client. Times in nanoseconds since 1970. `failed`: what went wrong, '' if nothing."""

    __slots__ = (
        "attributes",
        "ended",
        "failed",
        "kind",
        "name",
        "parent",
        "span_id",
        "started",
        "trace_id",
        "tracer",
    )

    def __init__(
        self, tracer: "Tracer", trace_id: str, parent: str, name: str, kind: int, started: int
    ) -> None:
        self.tracer = tracer
        self.trace_id = trace_id
        self.span_id = f"{random.getrandbits(64) or 1:016x}"  # nosec B311
        self.parent = parent
        self.name = name
        self.kind = kind
        self.started = started
        self.ended = 0
        self.failed = ""
        self.attributes: dict[str, Any] = {}

    def end(self, failed: str = "", **attributes: Any) -> None:
        """End it, and let it be sent."""
        self.ended = time.time_ns()
        self.failed = failed
        self.attributes.update({name.replace("__", "."): value for name, value in attributes.items()})
        self.tracer.add(self)

    def statement(self, sql: str, seconds: float, failed: str = "") -> None:
        """Add a statement that has just ended."""
        now = time.time_ns()
        verb = sql.lstrip()[:12].partition(" ")[0].upper()
        child = Span(
            self.tracer, self.trace_id, self.span_id, f"{verb} postgresql", 3, now - int(seconds * 1e9)
        )
        child.end(failed, db__system__name="postgresql", db__query__text=sql[:_STATEMENT])


# The span of the request that this task answers; None for most of them.
CURRENT: ContextVar[Span | None] = ContextVar("span", default=None)


class Tracer:
    """Decides, and keeps spans until they are sent. `dropped`: spans that were too many for that."""

    def __init__(self, settings: TelemetrySettings) -> None:
        self._sample = settings.sample
        self._most = settings.most_per_second
        self._second, self._count = 0, 0
        self._waiting: list[Span] = []
        self.dropped = 0

    def begin(self, traceparent: bytes | None) -> Span | None:
        """Return the span of a request that is sampled, else None."""
        trace_id, parent = "", ""
        if traceparent is not None and len(traceparent) == _LENGTH:
            if traceparent[53:] != _SAMPLED:
                return None
            trace_id, parent = _ids(traceparent)
        if not trace_id and random.random() >= self._sample:  # nosec B311
            return None
        if not self._within():
            return None
        trace_id = trace_id or f"{random.getrandbits(128) or 1:032x}"  # nosec B311
        return Span(self, trace_id, parent, "", 2, time.time_ns())

    def _within(self) -> bool:
        """Whether this second has room for one more: callers cannot make the service trace everything."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return self._count <= self._most

    def add(self, span: Span) -> None:
        """Keep an ended span; when they are not taken, the newest are dropped."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(span)
        else:
            self.dropped += 1

    def take(self) -> list[Span]:
        """Return what is to be sent, and forget it."""
        taken, self._waiting = self._waiting, []
        return taken


def _ids(traceparent: bytes) -> tuple[str, str]:
    """Return (trace, parent span); empty where they are malformed or all zeros."""
    text = traceparent.decode("ascii", "replace")
    trace_id, parent = text[3:35], text[36:52]
    if not _HEX.fullmatch(trace_id + parent) or text[:3] != "00-" or text[35] != "-" or text[52] != "-":
        return "", ""
    return (trace_id, parent) if int(trace_id, 16) and int(parent, 16) else ("", "")
