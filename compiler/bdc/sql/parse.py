"""Text → statements. The only module that calls the parser, beside `tokens`."""

from functools import lru_cache
from typing import Any

from bdc.source.records import dataclass
from bdc.sql.offsets import Offsets
from bdc.sql.tree import Node, convert


class SqlSyntaxError(Exception):
    """PostgreSQL does not read the text. `at` is the offset of the token it stops at, in characters; the end of the text when the
    text ends too early."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a text: its tree, and where it stands (without the semicolon and what is blank around it)."""

    node: Node
    start: int
    end: int


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[Statement, ...]:
    """Return the statements of `text`. Raises SqlSyntaxError."""
    import postgast

    offsets = Offsets(text)
    try:
        found = postgast.parse(text)
    except postgast.PgQueryError as error:
        at = max(error.cursorpos - 1, 0)  # characters, unlike the offsets of trees and tokens
        raise SqlSyntaxError(shortened(error.message), min(at, len(text))) from None
    return tuple(_statement(raw, text, offsets) for raw in found.stmts)


def parse_expression(text: str) -> Node:
    """Return the tree of an expression over a row, as `select` takes it. Raises SqlSyntaxError, also where `text` is more than one
    expression."""
    head = "select ("
    try:
        statements = parse(f"{head}{text}\n)")
    except SqlSyntaxError as error:
        at = min(max(error.at - len(head), 0), len(text))
        ended = error.at >= len(head) + len(text)
        message = "syntax error at end of input" if ended else error.message
        raise SqlSyntaxError(message, at) from None
    targets = statements[0].node.nodes("target_list")
    value = targets[0].node("val") if len(targets) == 1 else None
    if len(statements) != 1 or value is None or value.kind == "RowExpr" or _is_more(statements[0].node):
        raise SqlSyntaxError("expected one expression", 0)
    moved: Node = _moved(value, -len(head))
    return moved


def _is_more(select: Node) -> bool:
    """Whether the text has closed the parenthesis around it (`1) from t where (2`)."""
    return any(select.get(name) for name in ("from_clause", "where_clause", "group_clause", "sort_clause"))


def _moved(value: Any, by: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_moved(item, by) for item in value)
    if not isinstance(value, Node):
        return value
    fields = {name: _moved(item, by) for name, item in value.fields.items()}
    return Node(value.kind, value.at + by if value.at >= 0 else value.at, fields)


def _statement(raw: Any, text: str, offsets: Offsets) -> Statement:
    start = offsets.character(raw.stmt_location)
    end = offsets.character(raw.stmt_location + raw.stmt_len) if raw.stmt_len else len(text)
    own = text[start:end]
    blank = len(own) - len(own.lstrip())
    return Statement(convert(raw.stmt, offsets), start + blank, start + len(own.rstrip()))


def shortened(message: str) -> str:
    """Return a message without the rest of the text, which it quotes where something has no end."""
    return message.partition(' at or near "')[0] if message.startswith("unterminated") else message
