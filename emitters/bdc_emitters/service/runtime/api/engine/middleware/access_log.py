"""One line of JSON per request: what, how it ended, how long it took, and who by key only. No query strings, no bodies, no headers."""

import sys
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

from services.engine.problems import Problem

FLUSH_BYTES = 32_768


class AccessLog:
    """Collects lines and writes them together (`flush` is called several times a second). `which`: all, errors, off."""

    def __init__(self, which: str, stream: TextIO | None = None) -> None:
        self._least = {"all": 0, "errors": 400}.get(which, 1000)
        self._stream = (stream or sys.stdout).buffer
        self._lines = bytearray()

    def write(
        self,
        method: str,
        route: str,
        status: int,
        seconds: float,
        request_id: str,
        actor: str,
        trace: bytes | None,
        refusal: Problem | None = None,
        trace_id: str = "",
    ) -> None:
        """Note one answered request."""
        if status < self._least:
            return
        line: dict[str, Any] = {
            "time": datetime.now(UTC),
            "level": "ERROR" if status >= 500 else "INFO",
            "logger": "access",
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "request_id": request_id,
        }
        if actor:
            line["actor"] = actor
        if refusal is not None:
            line["code"] = refusal.code
            if status >= 500 and refusal.detail:
                line["cause"] = refusal.detail
        if trace_id:
            line["trace_id"] = trace_id
        elif trace is not None and len(trace) == 55:
            line["trace_id"] = trace[3:35].decode("ascii", "replace")
        self._lines += orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
        if len(self._lines) >= FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what has been collected."""
        if self._lines:
            self._stream.write(self._lines)
            self._stream.flush()
            self._lines.clear()
