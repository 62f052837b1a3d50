"""The code frame: lines of a file with marks under them."""

from collections.abc import Sequence

from bdc.diagnostics.diagnostic import Label
from bdc.diagnostics.render.colour import Palette
from bdc.diagnostics.render.text import columns, expand
from bdc.source import Position, SourceFile
from bdc.source.records import dataclass

# A span of more lines than this shows its first and its last.
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said about one line: cells `[start, end)`, the sign to draw them with, and the words after them."""

    line: int
    start: int
    end: int
    sign: str
    text: str
    colour: str


def frame(
    file: SourceFile, primary: Label | None, secondary: Sequence[Label], main: str, palette: Palette
) -> list[str]:
    """Return the lines of a frame of one file; `main` is the colour of the primary label."""
    marks = _marks(file, primary, "^", main) if primary else []
    for label in secondary:
        marks += _marks(file, label, "-", palette.secondary)
    numbers = sorted({mark.line for mark in marks})
    gutter = len(str(numbers[-1])) if numbers else 1
    shown = [_gutter("", gutter, palette)]
    for at, number in enumerate(numbers):
        if at and number > numbers[at - 1] + 1:
            shown.append(palette.paint(palette.gutter, f"{'':>{gutter}} ···"))
        shown.append(f"{_gutter(str(number), gutter, palette)} {expand(file.line(number))}".rstrip())
        here = [mark for mark in marks if mark.line == number]
        shown += [f"{_gutter('', gutter, palette)} {row}" for row in _rows(here, palette)]
    return shown


def _marks(file: SourceFile, label: Label, sign: str, colour: str) -> list[Mark]:
    """Return a mark for each line that the label covers; its words stand at the last."""
    start = file.position(label.span.start)
    end = file.position(max(label.span.end, label.span.start))
    last = end.line - 1 if end.line > start.line and end.column == 1 else end.line
    numbers = list(range(start.line, last + 1))
    if len(numbers) > _LONGEST:
        numbers = [numbers[0], numbers[-1]]
    marks = []
    for number in numbers:
        first, after = _cells(file.line(number), number, start, end)
        marks.append(Mark(number, first, after, sign, label.text if number == last else "", colour))
    return marks


def _cells(line: str, number: int, start: Position, end: Position) -> tuple[int, int]:
    """Return the cells of a line between two positions; at least one, so that an empty span shows too."""
    blank = len(line) - len(line.lstrip())
    first = start.column - 1 if number == start.line else blank
    after = end.column - 1 if number == end.line else len(line)
    begin = columns(expand(line[:first]))
    return begin, max(columns(expand(line[:after])), begin + 1)


def _rows(marks: list[Mark], palette: Palette) -> list[str]:
    """Return the rows under a line: one for each mark, from right to left, so that no words cross another mark."""
    ordered = sorted(marks, key=lambda mark: (-mark.start, mark.sign))
    return [_row(mark, palette) for mark in ordered]


def _row(mark: Mark, palette: Palette) -> str:
    words = mark.sign * (mark.end - mark.start) + (f" {mark.text}" if mark.text else "")
    return " " * mark.start + palette.paint(mark.colour, words)


def _gutter(number: str, width: int, palette: Palette) -> str:
    return palette.paint(palette.gutter, f"{number:>{width}} │")
