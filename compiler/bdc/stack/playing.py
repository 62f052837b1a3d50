"""The scenarios of a specification, played on a backend of their own: a program of the built project, started as a stranger would."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bdc.stack.reach import StackError

_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "TEST_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Played:
    """What one scenario came to. `at`: `file:line`, of a failure that of its step; `expected` and `got` are there for failures, `reason` for
    what was skipped."""

    name: str
    status: Literal["passed", "failed", "skipped"]
    at: str
    seconds: float = 0.0
    expected: str = ""
    got: str = ""
    reason: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Return the file and its line."""
        file, _, line = self.at.rpartition(":")
        return file, int(line)


def play(out: Path, names: Sequence[str] = ()) -> Iterator[Played]:
    """Yield each scenario as it ends; all of them without `names`. Raises StackError when the backend does not start."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    log = out.parent / "play.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.play", *names],
            cwd=out,
            env={**inherited, "PYTHONPATH": ".", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            yield _read(line)
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
    if code != 0:
        told = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise StackError("the tests could not be played:\n" + "\n".join(told))


def _read(line: str) -> Played:
    data = json.loads(line)
    return Played(**{name: data[name] for name in Played.__slots__ if name in data})
