"""The log of a running service, read as it grows: what went wrong in it, for the terminal of `bdc up`."""

import json
from collections.abc import Iterator
from pathlib import Path

_SERVER_ERROR = 500
_MOST_LINES = 40  # of one traceback


class Failures:
    """Reads what is appended to a log after this object was made."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._position = log.stat().st_size if log.exists() else 0

    def new(self) -> Iterator[str]:
        """Yield what has gone wrong since the last call: answers of 500 and more, and the errors behind them."""
        if not self._log.exists():
            return
        with self._log.open("rb") as file:
            file.seek(self._position)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._position += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            yield from _shown(line)


def _shown(line: str) -> Iterator[str]:
    try:
        entry = json.loads(line)
    except ValueError:
        return
    if not isinstance(entry, dict) or entry.get("level") not in ("ERROR", "CRITICAL"):
        return
    if entry.get("logger") != "access":
        yield f"{entry.get('message', '')}{_traceback(str(entry.get('exception', '')))}"
    elif int(entry.get("status", 0)) >= _SERVER_ERROR:
        request = entry.get("request_id", "")
        yield f"{entry['status']} {entry.get('method')} {entry.get('route')} (request {request})"


def _traceback(text: str) -> str:
    """The last lines of a traceback: where it was raised, and what it says."""
    lines = text.splitlines()
    shown = lines if len(lines) <= _MOST_LINES else ["…", *lines[-_MOST_LINES:]]
    return "".join(f"\n    {line}" for line in shown)
