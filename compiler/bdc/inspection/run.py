"""Runs the tools."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from bdc.inspection.tools import Tool
from bdc.source.records import dataclass

_SECONDS = 600


class State(Enum):
    """How a tool ended. UNRELIABLE: it does not find its bad example, so its silence says nothing."""

    PASSED = "no findings"
    FINDINGS = "findings"
    UNRELIABLE = "does not find the planted example"
    MISSING = "not installed"
    NOTHING = "nothing to look at"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool said. `text`: of the calls that found something, with the call."""

    tool: Tool
    state: State
    text: str = ""


def inspect(out: Path, tools: Iterable[Tool]) -> Iterator[Outcome]:
    """Run each tool on the output, one after the other."""
    with tempfile.TemporaryDirectory(prefix="bdc-verify-") as folder:
        for tool in tools:
            yield _inspected(out.resolve(), tool, Path(folder))


def _inspected(out: Path, tool: Tool, scratch: Path) -> Outcome:
    program = installed(tool, out)
    if program is None:
        return Outcome(tool, State.MISSING)
    calls = tool.calls(out, scratch)
    if not calls:
        return Outcome(tool, State.NOTHING)
    control = _run([program, *tool.control(out, scratch)], scratch)
    if control.returncode == 0:
        return Outcome(tool, State.UNRELIABLE, _said(control))
    failed = [done for call in calls if (done := _run([program, *call], out)).returncode != 0]
    told = [*(_said(done) for done in failed), *tool.beside(program, out)]
    return Outcome(tool, State.FINDINGS if told else State.PASSED, "\n".join(told))


def installed(tool: Tool, out: Path) -> str | None:
    """Return the program: of the output's own environment, beside this Python, or on the PATH."""
    places = (str(out / ".venv" / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    found = (shutil.which(name, path=os.pathsep.join(places)) for name in tool.programs)
    return next((program for program in found if program is not None), None)


def _run(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"did not end within {_SECONDS} seconds")


def _said(done: "subprocess.CompletedProcess[str]") -> str:
    command = " ".join([Path(done.args[0]).name, *done.args[1:]])
    return f"$ {command}\n{(done.stdout + done.stderr).strip()}"
