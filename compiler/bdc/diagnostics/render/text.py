"""How wide text is on a terminal."""

import unicodedata

TAB = 4


def expand(line: str) -> str:
    """Return the line with tabs as blanks and other control characters made visible."""
    shown: list[str] = []
    width = 0
    for char in line:
        piece = " " * (TAB - width % TAB) if char == "\t" else _visible(char)
        shown.append(piece)
        width += columns(piece)
    return "".join(shown)


def columns(text: str) -> int:
    """Return how many cells the text takes: two for wide characters, none for combining ones."""
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _visible(char: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cc" else char
