"""A source file held in memory, and its line index."""

from bisect import bisect_right
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from bdc.source.records import dataclass


class Position(NamedTuple):
    """A line and a column, both counted from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True)
class SourceFile:
    """The text of one `.bds` file under the display path `path` (relative, forward slashes). `beside`: name and text of the files that it names;
    None where those were not looked for."""

    path: str
    text: str = field(repr=False)
    beside: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offsets at which each line begins."""
        starts = [0]
        starts.extend(index + 1 for index, char in enumerate(self.text) if char == "\n")
        return tuple(starts)

    def position(self, offset: int) -> Position:
        """Return the line and column of a code point offset (offsets past the end give the end)."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")
