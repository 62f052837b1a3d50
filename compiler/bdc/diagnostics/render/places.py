"""From spans to lines and columns."""

from collections.abc import Mapping
from typing import TypedDict

from bdc.source import Position, SourceFile, Span

Files = Mapping[str, SourceFile]


class Point(TypedDict):
    line: int
    column: int


def positions(span: Span, files: Files) -> tuple[Position, Position] | None:
    """Return where the span begins and ends, or None when its file is not among the files."""
    file = files.get(span.file)
    if file is None:
        return None
    start = min(span.start, len(file.text))
    return file.position(start), file.position(max(start, span.end))


def point(position: Position) -> Point:
    return {"line": position.line, "column": position.column}
