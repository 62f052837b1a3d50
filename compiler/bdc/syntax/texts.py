"""Where the characters of a string stand in its file: the way back from what a string says to how it was written."""

import re

from bdc.source import SourceFile, Span
from bdc.syntax.build.sql import margin_of

_PART = re.compile(r"\\.|.", re.DOTALL)
_LONG = '"""'


def places(file: SourceFile, span: Span) -> list[int]:
    """Return the offset in `file` of each character of the string in `span` (`"…"`, `r"…"`, or a block whose SQL stands between
    triple quotes), and that of its end."""
    written = file.text[span.start : span.end]
    if _LONG in written:
        return _long(written, span.start)
    if written.startswith("r"):
        return list(range(span.start + 2, span.end))
    found = [span.start + 1 + match.start() for match in _PART.finditer(written[1:])]
    return found if written.endswith('"') else [*found, span.end]


def _long(written: str, start: int) -> list[int]:
    """Follow `sql_text`: blank lines at both ends and the common margin are not part of the text."""
    begin = written.index(_LONG) + len(_LONG)
    end = len(written) - len(_LONG) if written.endswith(_LONG) and len(written) >= begin + 3 else len(written)
    lines: list[tuple[int, str]] = []
    at = start + begin
    for line in written[begin:end].split("\n"):
        lines.append((at, line))
        at += len(line) + 1
    while lines and not lines[0][1].strip():
        lines.pop(0)
    while lines and not lines[-1][1].strip():
        lines.pop()
    margin = min((margin_of(line) for _, line in lines if line.strip()), default=0)
    found: list[int] = []
    for at, line in lines:
        cut = margin if margin_of(line) >= margin else len(line) - len(line.lstrip())
        found += range(at + cut, at + len(line) + 1)
    return found or [start + begin]
