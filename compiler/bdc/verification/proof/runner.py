"""The runner that every backend carries, as a process that obeys."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from bdc.source.records import dataclass
from bdc.stack.reach import StackError
from bdc_emitters.registry import package_of

_PROGRAM = Path(__file__).with_name("runner_process.py")


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows`: rows stand in the way, and nothing was changed."""

    ok: bool
    rows: bool = False
    text: str = ""


class Runner:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, order: str, url: str, folder: Path, **more: Any) -> Answer:
        """Run `migrate`, `down` or `baseline` of the runner. StackError when the process has ended."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps([order, url, str(folder), more]) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError as error:
            raise StackError(f"the runner of the migration ended: {error}") from error
        if not line:
            raise StackError("the runner of the migration ended")
        said = json.loads(line)
        return Answer(said["ok"], said.get("rows", False), said.get("text", ""))


@contextmanager
def runner() -> Iterator[Runner]:
    """Start the process; it is ready while the caller does something else."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(files(package_of("postgres")) / "runtime"),
        "PYTHONUTF8": "1",
        "MIGRATION_TRIAL": "1",  # what encrypts values needs no keys
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with subprocess.Popen(
        [sys.executable, str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        encoding="utf-8",
    ) as process:
        try:
            yield Runner(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()
