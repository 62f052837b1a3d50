"""A document that can be laid out in a given width, and the algorithm that does it (after Wadler and Prettier)."""

from __future__ import annotations

from collections.abc import Sequence

from bdc.source.records import dataclass

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Line:
    """A place for a line break. In a group that fits on one line it is `flat`; a hard one breaks every group around it."""

    flat: str = " "
    hard: bool = False
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """Text to the end of the line: it takes no room, because there is no use in breaking a line for it."""

    text: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text with line breaks of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One text where the group stands on one line, another where it is broken."""

    flat: str
    broken: str


@dataclass(frozen=True, slots=True)
class Indent:
    parts: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """On one line if it fits, else broken at all of its own lines. `broken` forces that."""

    parts: tuple[Document, ...]
    broken: bool


Document = str | Line | Comment | Verbatim | Choice | Indent | Group
_Command = tuple[int, bool, Document]


def group(parts: Sequence[Document], *, broken: bool = False) -> Group:
    return Group(tuple(parts), broken or any(map(breaks, parts)))


def breaks(document: Document) -> bool:
    """True if there is a line break in it whatever the width."""
    if isinstance(document, Line):
        return document.hard
    if isinstance(document, Indent):
        return any(map(breaks, document.parts))
    return document.broken if isinstance(document, Group) else isinstance(document, Comment | Verbatim)


def render(parts: Sequence[Document]) -> str:
    """Lay the parts out."""
    out: list[str] = []
    column = 0
    todo: list[_Command] = [(0, True, part) for part in reversed(parts)]
    while todo:
        indent, broken, document = todo.pop()
        if isinstance(document, Group):
            fits = not document.broken and _fits(WIDTH - column, document, todo)
            todo += [(indent, not fits, part) for part in reversed(document.parts)]
        elif isinstance(document, Indent):
            todo += [(indent + 2, broken, part) for part in reversed(document.parts)]
        elif isinstance(document, Line) and (document.hard or broken):
            out.append(("\n\n" if document.blank else "\n") + " " * indent)
            column = indent
        else:
            text = _text(document, broken)
            out.append(text)
            column = len(text) - text.rfind("\n") - 1 if "\n" in text else column + len(text)
    return "".join(out)


def _text(document: Document, broken: bool) -> str:
    if isinstance(document, str):
        return document
    if isinstance(document, Line):
        return document.flat
    if isinstance(document, Choice):
        return document.broken if broken else document.flat
    return document.text if isinstance(document, Comment | Verbatim) else ""


def _fits(room: int, document: Document, rest: Sequence[_Command]) -> bool:
    """True if the document on one line, and what follows it up to the next line break, fit into the room."""
    todo: list[tuple[bool, Document]] = [(False, document)]
    after = len(rest)
    while room >= 0:
        if not todo:
            if not after:
                return True
            after -= 1
            todo.append((rest[after][1], rest[after][2]))
            continue
        broken, current = todo.pop()
        if isinstance(current, Group):
            # What stands behind may break: it has to fit up to its first break only.
            todo += [(broken or current.broken, part) for part in reversed(current.parts)]
        elif isinstance(current, Indent):
            todo += [(broken, part) for part in reversed(current.parts)]
        elif isinstance(current, Comment) or (isinstance(current, Line) and (current.hard or broken)):
            return True
        else:
            text = _text(current, broken)
            room -= len(text.split("\n", 1)[0])
            if "\n" in text:
                return room >= 0
    return False
