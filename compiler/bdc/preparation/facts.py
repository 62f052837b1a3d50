"""What PostgreSQL refuses, and where that was written."""

from collections.abc import Iterator, Sequence

import asyncpg

from bdc.analysis.rules.sql.syntax import described, word_at
from bdc.analysis.sqltexts import SqlText
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.sql import SQL_REFUSED
from bdc.source import Span
from bdc.source.records import dataclass


class NotPrepared(Exception):
    """The embedded server lacks something that the specification needs; the message names it."""


@dataclass(frozen=True, slots=True)
class SqlRefused(Fact):
    """`at` is an offset in `text`."""

    DIAGNOSTIC = SQL_REFUSED

    text: SqlText
    at: int
    reason: str
    help: str = ""

    @property
    def what(self) -> str:
        return described(self.text)

    def primary_span(self) -> Span:
        return self.text.place(self.at, word_at(self.text, self.at))

    def help_text(self) -> str:
        return self.help or Fact.help_text(self)


def refused(text: SqlText, at: int, error: asyncpg.PostgresError) -> SqlRefused:
    """Return the fact of an error at offset `at` of a text."""
    hint = getattr(error, "hint", None) or ""
    return SqlRefused(text, max(at, 0), message(error), hint)


def message(error: Exception) -> str:
    """Return what an error says, without its detail and hint."""
    return str(error).partition("\n")[0]


def position(error: asyncpg.PostgresError) -> int | None:
    """Return the offset of an error in the statement that was sent."""
    found = getattr(error, "position", None)
    return int(found) - 1 if found else None


def blame(
    texts: Sequence[SqlText], printed: str, error: asyncpg.PostgresError, *, own: bool
) -> SqlRefused | None:
    """Return the fact of an error of the statement `printed`, at the place in the text that it comes from; None when it comes from
    none. `own`: the statement is one of a block."""
    at = position(error)
    pieces = list(_blocks(texts, printed) if own else _expressions(texts, printed))
    for text, offset, start, length in pieces:
        if at is not None and start <= at < start + length:
            return refused(text, offset + at - start, error)
    return refused(pieces[0][0], pieces[0][1], error) if pieces else None


def _blocks(texts: Sequence[SqlText], printed: str) -> Iterator[tuple[SqlText, int, int, int]]:
    for text in texts:
        for statement in text.statements if text.kind == "block" else ():
            start = printed.find(text.text[statement.start : statement.end])
            if start >= 0:
                yield text, statement.start, start, statement.end - statement.start


def _expressions(texts: Sequence[SqlText], printed: str) -> Iterator[tuple[SqlText, int, int, int]]:
    for text in texts:
        if text.kind != "expression":
            continue
        start = printed.find(text.text)
        while start >= 0:
            yield text, 0, start, len(text.text)
            start = printed.find(text.text, start + 1)
