"""PostgreSQL can read every SQL text of a specification."""

from collections.abc import Iterator

from bdc.analysis.sqltexts import SqlText, texts_of
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.sql import SQL_SYNTAX
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class SqlSyntax(Fact):
    DIAGNOSTIC = SQL_SYNTAX

    what: str
    reason: str
    span: Span
    help: str


def sql_syntax(model: Model) -> Iterator[Fact]:
    for text in texts_of(model):
        error = text.error
        if error is not None:
            yield SqlSyntax(
                described(text), error.message, text.place(error.at, word_at(text, error.at)), _help(text)
            )


def described(text: SqlText) -> str:
    """Return what the text is, for a sentence."""
    if text.operation is not None:
        return f"the SQL of `{text.operation.name}`"
    if text.expression is not None:
        return f"the SQL of {text.expression.place}"
    return "this SQL"


def word_at(text: SqlText, at: int) -> int:
    """Return how long the word at an offset is; at least one character."""
    end = at
    while end < len(text.text) and (text.text[end].isalnum() or text.text[end] in "_$"):
        end += 1
    return max(end - at, 1)


def _help(text: SqlText) -> str:
    if text.expression is not None:
        return "write one SQL expression, without a semicolon"
    if text.operation is not None:
        return "write one SQL statement of PostgreSQL; its parameters are `:name`"
    return "write SQL statements of PostgreSQL, each with a semicolon at its end"
