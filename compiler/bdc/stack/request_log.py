"""Requests and the statements behind them, read from the log of the service and that of the embedded server as they grow."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bdc.source.records import dataclass

# How PostgreSQL begins an entry: its time and its process.
_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] (\w+): +(.*)", re.DOTALL)
_DURATION = re.compile(r"duration: ([\d.]+) ms(?:  (?:execute|statement)[^:]*: (.*))?", re.DOTALL)
_MOST_KEPT = 5000
_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Statement:
    """`parameters`: as PostgreSQL logs them; the request id is one of them."""

    milliseconds: float
    sql: str
    parameters: str

    def line(self) -> str:
        text = " ".join(self.sql.split())
        return f"{self.milliseconds:8.2f} ms  {text if len(text) <= _WIDTH else text[: _WIDTH - 1] + '…'}"


class Growing:
    """The whole lines that are appended to a file after this object was made; `whole`: from its beginning."""

    def __init__(self, path: Path, *, whole: bool = False) -> None:
        self._path = path
        self._position = path.stat().st_size if path.exists() and not whole else 0

    def lines(self) -> list[str]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._position)
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]
        self._position += len(data)
        return data.decode("utf-8", "replace").splitlines()


class RequestLog:
    """`new` tells what has happened since the last call. `server`: the log of the embedded server, None without one."""

    def __init__(self, service: Path, server: Path | None, *, whole: bool = False) -> None:
        self._service = Growing(service, whole=whole)
        self._server = Growing(server, whole=whole) if server is not None else None
        self._statements: list[Statement] = []
        self._open = ""

    def new(self) -> Iterator[tuple[dict[str, Any], list[Statement]]]:
        """Yield each request that was answered, with its statements."""
        self._read_server()
        for line in self._service.lines():
            entry = _entry(line)
            if (
                entry is None
                or entry.get("logger") != "access"
                or entry.get("route") in ("/readyz", "/healthz")
            ):
                continue
            yield entry, self.statements_of(str(entry.get("request_id", "")))

    def statements_of(self, request_id: str) -> list[Statement]:
        return [each for each in self._statements if request_id and request_id in each.parameters]

    def _read_server(self) -> None:
        if self._server is None:
            return
        for entry in _joined(self._server.lines()):
            matched = _ENTRY.match(entry)
            if matched is None:
                continue
            kind, text = matched.groups()
            duration = _DURATION.match(text)
            if kind == "LOG" and duration is not None and duration[2]:
                self._statements.append(Statement(float(duration[1]), duration[2], ""))
            elif kind == "DETAIL" and self._statements and "arameters:" in text:
                last = self._statements[-1]
                self._statements[-1] = Statement(last.milliseconds, last.sql, text)
        del self._statements[:-_MOST_KEPT]


def shown(entry: dict[str, Any], statements: list[Statement]) -> str:
    """Return a request for the terminal: what was asked and answered, and its statements below."""
    head = (
        f"{entry.get('status')} {entry.get('method')} {entry.get('route')} {entry.get('ms')} ms"
        f"  request {entry.get('request_id')}"
    )
    return "\n".join([head, *(f"  {each.line()}" for each in statements)])


def find(request_id: str, service: Path, server: Path | None) -> list[str]:
    """Return everything that the logs hold about one request."""
    log = RequestLog(service, server, whole=True)
    found = [
        shown(entry, statements) for entry, statements in log.new() if entry.get("request_id") == request_id
    ]
    others = [
        f"{entry.get('level')} {entry.get('message', '')}\n{entry.get('exception', '')}".rstrip()
        for line in Growing(service, whole=True).lines()
        if (entry := _entry(line)) is not None
        and entry.get("logger") != "access"
        and entry.get("request_id") == request_id
    ]
    return found + others


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _joined(lines: list[str]) -> Iterator[str]:
    """Yield entries of PostgreSQL's log: lines that begin with a blank go on with the one before."""
    entry: list[str] = []
    for line in lines:
        if entry and _ENTRY.match(line):
            yield "\n".join(entry)
            entry = []
        entry.append(line)
    if entry:
        yield "\n".join(entry)
