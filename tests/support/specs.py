"""Specifications in tests: compile text or files, read expectations written in the text."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bdc.diagnostics import Diagnostic
from bdc.model import Model
from bdc.pipeline import Compilation, compile_system
from bdc.source import SourceFile

ROOT = Path(__file__).parents[2]
_MARK = re.compile(r"[^\S\n]*// ((?:E\d{3}:\d+ ?)+)$", re.MULTILINE)


def compile_text(text: str, head: str = "bds 1\nmodule test\n\n") -> Compilation:
    """Compile one file; `head` is put before the text."""
    return compile_system([SourceFile("test.bds", head + text)])


def compile_files(
    paths: Iterable[Path], root: Path = ROOT, *, production: bool = False, engine: str = "postgres"
) -> Compilation:
    """Compile files under their paths relative to `root`, without the expectations at the ends of lines."""
    files = [
        SourceFile(path.relative_to(root).as_posix(), _MARK.sub("", path.read_text(encoding="utf-8")))
        for path in sorted(paths)
    ]
    return compile_system(files, production=production, engine=engine)


def shop() -> Compilation:
    return compile_files((ROOT / "examples" / "shop").glob("*.bds"))


def place(found: Diagnostic, model: Model) -> tuple[str, int, int]:
    """Return file, line and column of a diagnostic."""
    assert found.primary is not None, found
    position = model.files[found.primary.span.file].position(found.primary.span.start)
    return found.primary.span.file, position.line, position.column


def marked(paths: Sequence[Path], root: Path) -> list[str]:
    """Return the expectations `// E203:14` at the ends of lines, as `file:line:column code`."""
    return sorted(
        f"{path.relative_to(root).as_posix()}:{number}:{column} {code}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (mark := _MARK.search(line)) is not None
        for code, column in (each.split(":") for each in mark[1].split())
    )


def mark(paths: Sequence[Path], root: Path, found: Sequence[str]) -> None:
    """Write expectations into the files, in place of those that are there."""
    marks: dict[str, list[str]] = {}
    for where, code in (entry.split(" ") for entry in found):
        line, _, column = where.rpartition(":")
        marks.setdefault(line, []).append(f"{code}:{column}")
    for path in paths:
        name = path.relative_to(root).as_posix()
        lines = [_MARK.sub("", line) for line in path.read_text(encoding="utf-8").splitlines()]
        for number, line in enumerate(lines, 1):
            if f"{name}:{number}" in marks:
                lines[number - 1] = f"{line}  // {' '.join(marks[f'{name}:{number}'])}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def updating() -> bool:
    """Say whether expectations are to be recorded anew (`UPDATE_EXPECT=1`)."""
    return os.environ.get("UPDATE_EXPECT") == "1"


def expect(path: Path, text: str) -> None:
    """Compare with the recorded text; with `UPDATE_EXPECT=1` record it."""
    if updating():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
