"""What the long tests gave, by commit: kept in a file, line by line, so that a run that is cut short loses nothing.

Also a pytest plugin (`-p tests.long.ledger`): with LONG_LEDGER and LONG_COMMIT in the environment, each test is noted when it has ended.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

DONE = ("passed", "not run")


@dataclass(frozen=True, slots=True)
class Entry:
    """`outcome`: passed, failed, not run (with the reason in `detail`), or too long."""

    commit: str
    test: str
    outcome: str
    seconds: float
    detail: str = ""


class Ledger:
    """The entries of a file; of several about one test at one commit, the last counts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> list[Entry]:
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [
            Entry(**json.loads(line)) for line in lines if line.endswith("}")
        ]  # a killed run leaves half a line

    def at(self, commit: str) -> Mapping[str, Entry]:
        """Return what each test gave at `commit`."""
        return {entry.test: entry for entry in self.entries() if entry.commit == commit}

    def seconds(self) -> Mapping[str, float]:
        """Return how long each test took the last time, at any commit."""
        return {entry.test: entry.seconds for entry in self.entries()}

    def add(self, entry: Entry) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" * self._is_cut() + json.dumps(asdict(entry)) + "\n")

    def _is_cut(self) -> bool:
        return self._path.exists() and self._path.read_bytes()[-1:] not in (b"", b"\n")


_running: dict[str, Entry] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the phases of a test; note it after the last. With several workers, only the process that asked for them notes."""
    if "LONG_LEDGER" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
        return
    before = _running.get(report.nodeid, Entry(os.environ["LONG_COMMIT"], report.nodeid, "passed", 0.0))
    outcome, detail = before.outcome, before.detail
    if report.failed:
        outcome, detail = "failed", report.longreprtext.strip().rpartition("\n")[2]
    elif report.skipped and outcome == "passed":
        outcome, detail = (
            "not run",
            str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr),
        )
    entry = Entry(before.commit, before.test, outcome, round(before.seconds + report.duration, 2), detail)
    _running[report.nodeid] = entry
    if report.when == "teardown":
        Ledger(Path(os.environ["LONG_LEDGER"])).add(_running.pop(report.nodeid))
