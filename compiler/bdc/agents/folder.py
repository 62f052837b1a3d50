"""The one folder that an agent works in: every path is inside of it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bdc.source.records import dataclass

_SECONDS = 600
_MOST_TEXT = 60_000


class OutsideFolder(ValueError):
    """A path leads out of the folder; the message says so."""


@dataclass(frozen=True, slots=True)
class Folder:
    """`root` is resolved."""

    root: Path

    def inside(self, path: str) -> Path:
        """Return a path below the root. OutsideFolder for any other, also through links."""
        found = (self.root / path).resolve()
        if found != self.root and self.root not in found.parents:
            raise OutsideFolder(f"`{path}` is outside of the folder that this server works in")
        return found

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run `bdc` with arguments in the folder; return its exit code and what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bdc.cli", *arguments],
            cwd=self.root,
            env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
        return {"exit_code": done.returncode, "output": _cut(done.stdout), "messages": _cut(done.stderr)}


def _cut(text: str) -> str:
    return (
        text
        if len(text) <= _MOST_TEXT
        else f"{text[:_MOST_TEXT]}\n… {len(text) - _MOST_TEXT} characters more"
    )
