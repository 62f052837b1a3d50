"""The SQL that a specification carries: every text with its place, and the trees of those that PostgreSQL can read.

What comes in: the model. What goes out: blocks, expressions and bodies of operations, each parsed once, and the way from an offset
in such a text to a place in its file. Read next: `sqlcatalog` (what names mean), `rules/sql`.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Literal

from bdc.analysis.exposure import operations
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import SqlExpression
from bdc.source import SourceFile, Span
from bdc.source.records import dataclass
from bdc.sql import Node, SqlSyntaxError, Statement, parse, parse_expression
from bdc.sql.parameters import masked
from bdc.sql.routines import body_error, runs_as_plpgsql
from bdc.sql.unread import is_unread
from bdc.syntax.texts import places

Kind = Literal["block", "expression", "operation"]


@dataclass(frozen=True)
class SqlText:
    """One text. `operation` and `expression` say whose it is."""

    kind: Kind
    text: str
    span: Span
    file: SourceFile
    operation: Operation | None = None
    expression: SqlExpression | None = None

    @cached_property
    def _places(self) -> list[int]:
        return places(self.file, self.span)

    def place(self, at: int, length: int = 1) -> Span:
        """Return where the characters from offset `at` stand in the file."""
        last = len(self._places) - 1
        start = self._places[min(max(at, 0), last)]
        end = self._places[min(max(at + length - 1, 0), last)] + 1
        return Span(self.span.file, start, max(end, start))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of a block or an operation; none where they cannot be read: `error` says why, or they are PL/pgSQL. A
        statement whose body cannot be read is among them."""
        if self.kind == "expression":
            return ()
        try:
            return parse(self.masked)
        except SqlSyntaxError:
            return ()

    @cached_property
    def value(self) -> Node | None:
        """The tree of an expression."""
        return parse_expression(self.text) if self.kind == "expression" and self.error is None else None

    @cached_property
    def masked(self) -> str:
        """The text with its `:name` parameters as PostgreSQL reads them, every offset the same."""
        return masked(self.text) if self.kind == "operation" else self.text

    @cached_property
    def error(self) -> SqlSyntaxError | None:
        try:
            if self.kind == "expression":
                parse_expression(self.text)
            else:
                return self._bodies(parse(self.masked))
        except SqlSyntaxError as error:
            return None if self._is_plpgsql() else error
        return None

    @cached_property
    def unread(self) -> bool:
        """Whether the block turns `check_function_bodies` off: then routine bodies are not checked."""
        return self.kind == "block" and is_unread(self.text)

    @property
    def readable(self) -> bool:
        """Whether there are trees: an operation may hold statements of PL/pgSQL, which have none."""
        return bool(self.statements or self.value)

    def _bodies(self, statements: tuple[Statement, ...]) -> SqlSyntaxError | None:
        for each in () if self.unread else statements:
            error = body_error(each.node, self.text[each.start : each.end])
            if error is not None:
                return SqlSyntaxError(error.message, each.start + error.at)
        return None

    def _is_plpgsql(self) -> bool:
        """Whether it is the body of an operation without a result that PL/pgSQL runs as it is (`perform …`)."""
        if self.operation is None or self.operation.returns is not None:
            return False
        try:
            return runs_as_plpgsql(self.masked)
        except SqlSyntaxError:
            return False


@lru_cache(maxsize=2)
def sql_texts(model: "_Same") -> tuple[SqlText, ...]:
    return tuple(_texts(model.model))


def texts_of(model: Model) -> tuple[SqlText, ...]:
    """Return every SQL text of the model, in the order blocks, expressions, operations."""
    return sql_texts(_Same(model))


class _Same:
    """A model as the key of a cache: by identity."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return id(self.model)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.model is self.model


def _texts(model: Model) -> Iterator[SqlText]:
    for block in model.sql:
        yield SqlText("block", block.text, block.span, model.files[block.span.file])
    for each in model.sql_expressions:
        yield SqlText("expression", each.text, each.span, model.files[each.span.file], expression=each)
    for operation in operations(model):
        if operation.sql is not None and operation.sql_span is not None:
            file = model.files[operation.sql_span.file]
            yield SqlText("operation", operation.sql, operation.sql_span, file, operation=operation)
