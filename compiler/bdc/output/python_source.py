"""Formatting of emitted Python: one run of ruff over all files, in a scratch folder, before anything is written."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

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
)
FORMAT = ("format", "--isolated", "--line-length", LINE_LENGTH)


class FormattingError(Exception):
    """Emitted Python does not parse: a defect of an emitter, told with the formatter's words."""


def format_python(files: Sequence[GeneratedFile]) -> list[GeneratedFile]:
    """Return `files` with every `.py` and `.pyi` formatted; the rest untouched. Raises FormattingError."""
    with tempfile.TemporaryDirectory(prefix="bdc-format-") as scratch:
        root = Path(scratch)
        python = [file for file in files if file.path.endswith((".py", ".pyi"))]
        for file in python:
            target = root / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.content, encoding="utf-8")
        if python:
            _ruff(root, *FIX)
            _ruff(root, *FORMAT)
        formatted = {file.path: (root / file.path).read_text(encoding="utf-8") for file in python}
    return [replace(file, content=formatted.get(file.path, file.content)) for file in files]


def _ruff(root: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "."],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise FormattingError((done.stderr or done.stdout).strip())
