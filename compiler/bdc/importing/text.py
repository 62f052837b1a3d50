"""Pieces of text in the language, each with the object of the database that it says."""

from collections.abc import Iterable

from bdc.source.records import dataclass
from bdc.sql.unread import WORDS

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file. `about` is the path of what it says, as `bdc.catalog.differences` writes paths."""

    text: str
    about: str | None = None

    def indented(self) -> "Line":
        return Line(f"  {self.text}" if self.text else "", self.about)


def quoted(text: str) -> str:
    """Return a string of the language."""
    return f'"{text.translate(_ESCAPES)}"'


def sql(text: str) -> str:
    """Return an expression that PostgreSQL alone evaluates."""
    return f"sql({quoted(text)})"


def documentation(comment: str | None, about: str | None = None) -> list[Line]:
    """Return a comment as `///` lines."""
    if comment is None:
        return []
    return [Line(f"/// {line}".rstrip(), about) for line in comment.split("\n")]


def sql_block(statements: Iterable[str], *, unread: bool = False) -> list[Line]:
    """Return a block of statements; nothing when there are none. `unread`: the bodies of its routines are unchecked."""
    return told_block(((None, each) for each in statements), unread=unread)


def told_block(statements: Iterable[tuple[str | None, str]], *, unread: bool = False) -> list[Line]:
    """Return a block of statements, each with the path of what it says."""
    inner: list[Line] = [Line(f"  {WORDS}")] if unread else []
    for about, statement in statements:
        inner += [Line("")] if inner else []
        inner += [Line(f"  {line}" if line else "", about) for line in statement.strip().split("\n")]
    return [Line('sql """'), *inner, Line('"""')] if inner else []


def spaced(*parts: str) -> str:
    """Return the parts that are not empty, with a blank between."""
    return " ".join(part for part in parts if part)
