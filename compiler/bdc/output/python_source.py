"""Formatting of emitted Python: one run of ruff over all files, in a scratch folder, before anything is written."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from bdc.output.files import GeneratedFile

# Emitted code is held to the line length of the emitted project, whatever configuration surrounds the output folder.
LINE_LENGTH = "110"
# Imports sorted, unused imports dropped: what a template cannot know. The emitted tree's own packages are first party.
FIX = (
    "check",
    "--isolated",
    "--fix",
    "--exit-zero",
    "--quiet",
    "--select",
    "I,F401,RUF022",
    "--line-length",
    LINE_LENGTH,
    "--config",
    'lint.isort.known-first-party=["api","services","database","tests"]',
    "--config",  # some files are formatted without the packages around them
    "lint.isort.detect-same-package=false",
    "--config",  # what fits on a line stands on one: a template cannot know that either
    "lint.isort.split-on-trailing-comma=false",
)
FORMAT = (
    "format",
    "--isolated",
    "--line-length",
    LINE_LENGTH,
    "--config",
    "format.skip-magic-trailing-comma=true",
)

MEMORY = "/dev/shm"
BLOCK = 8_192


Formatted = dict[tuple[str, str], str]  # path and text as they were made → text as it is written
_remembered: Formatted = {}
_learned: Formatted = {}
_remembering: list[bool] = []


def remember_formatted() -> None:
    """Keep what was formatted, for a process that builds again and again: most files of a build are those of the last one."""
    _remembering.append(True)


def learned() -> Formatted:
    """Return what was formatted and kept since the last call; nothing where nothing is kept."""
    found = dict(_learned)
    _learned.clear()
    return found


def learn(formatted: Formatted) -> None:
    """Keep what another process has formatted."""
    _remembered.update(formatted)
    _learned.update(formatted)


class FormattingError(Exception):
    """Emitted Python does not parse: a defect of an emitter, told with the formatter's words."""


def format_python(files: Sequence[GeneratedFile]) -> list[GeneratedFile]:
    """Return `files` with every `.py` and `.pyi` formatted; the rest untouched. Raises FormattingError."""
    python = [file for file in files if file.path.endswith((".py", ".pyi")) and not file.formatted]
    known = {file.path: _remembered.get((file.path, file.content)) for file in python}
    formatted = _formatted([file for file in python if known[file.path] is None])
    if _remembering:
        learn({(file.path, file.content): formatted[file.path] for file in python if file.path in formatted})
    formatted |= {path: text for path, text in known.items() if text is not None}
    return [replace(file, content=formatted[file.path]) if file.path in formatted else file for file in files]


def _formatted(python: Sequence[GeneratedFile]) -> dict[str, str]:
    """Return the formatted text of each file by its path."""
    if not python:
        return {}
    with tempfile.TemporaryDirectory(prefix="bdc-format-", dir=_in_memory(python)) as scratch:
        root = Path(scratch)
        for folder in {Path(file.path).parent for file in python}:
            (root / folder).mkdir(parents=True, exist_ok=True)
        for file in python:
            (root / file.path).write_text(file.content, encoding="utf-8")
        _ruff(root, *FIX)
        _ruff(root, *FORMAT)
        return {file.path: (root / file.path).read_text(encoding="utf-8") for file in python}


def _in_memory(python: Sequence[GeneratedFile]) -> str | None:
    """Return a folder that is in memory and has plenty of room for the files, or None: thousands of small files cost a disk more than ruff."""
    needed = sum(len(file.content) * 2 + BLOCK for file in python)
    try:
        state = os.statvfs(MEMORY)
    except (OSError, AttributeError):  # no such folder, or a system without it
        return None
    free = state.f_bavail * state.f_frsize
    return MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) and free > needed * 4 else None


def _ruff(root: Path, *arguments: str) -> None:
    done = subprocess.run(
        [find_ruff_bin(), *arguments, "."],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise FormattingError((done.stderr or done.stdout).strip())
