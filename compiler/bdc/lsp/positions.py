"""Places: offsets in code points here, lines and UTF-16 columns in the protocol."""

from lsprotocol import types as lsp

from bdc.source import SourceFile, Span


def to_position(file: SourceFile, offset: int) -> lsp.Position:
    """Return the place of a code point offset, with its column in UTF-16 units."""
    line, column = file.position(offset)
    start = file.line_starts[line - 1]
    return lsp.Position(line - 1, units(file.text[start : start + column - 1]))


def to_range(file: SourceFile, span: Span) -> lsp.Range:
    return lsp.Range(to_position(file, span.start), to_position(file, span.end))


def to_offset(file: SourceFile, position: lsp.Position) -> int:
    """Return the code point offset of a place; one past the end of its line gives the end of the line."""
    starts = file.line_starts
    if position.line >= len(starts):
        return len(file.text)
    start = starts[position.line]
    end = starts[position.line + 1] - 1 if position.line + 1 < len(starts) else len(file.text)
    line = file.text[start:end]
    if line.isascii():
        return min(start + position.character, end)
    left = position.character
    for index, char in enumerate(line):
        if left <= 0:
            return start + index
        left -= 2 if ord(char) > 0xFFFF else 1
    return end


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole(file: SourceFile) -> lsp.Range:
    """Return the range of the whole text."""
    return lsp.Range(lsp.Position(0, 0), to_position(file, len(file.text)))
