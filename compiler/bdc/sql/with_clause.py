"""WITH in front of a statement: PostgreSQL lets it change data only at the top of a whole statement, so it is moved there."""

from bdc.source.records import dataclass
from bdc.sql.parse import Statement
from bdc.sql.tokens import Token, code
from bdc.sql.tree import Node, walk

CHANGES = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_OPEN, _CLOSE = "ASCII_40", "ASCII_41"
_MAIN = frozenset({"SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE_P", "MERGE", "WITH", _OPEN})


@dataclass(frozen=True, slots=True)
class Parted:
    """A statement in two: `bodies` are its WITH, without the word after it; `main` is the rest."""

    bodies: str
    main: str


def changes_in_with(node: Node) -> bool:
    """Whether the WITH of a statement changes data."""
    clause = node.node("with_clause")
    return clause is not None and any(each.kind in CHANGES for each in walk(clause))


def part(text: str, statement: Statement) -> Parted:
    """Part a statement of `text` that begins with WITH."""
    own = text[statement.start : statement.end]
    tokens = code(own)
    clause = statement.node.node("with_clause")
    at = _after_bodies(tokens, len(clause.nodes("ctes")) if clause is not None else 0)
    return Parted(own[tokens[0].end : tokens[at].start].strip(), own[tokens[at].start :])


def _after_bodies(tokens: tuple[Token, ...], count: int) -> int:
    """Return the index of the token with which the main statement begins."""
    at = 0
    for _ in range(count):
        at = _skip(tokens, at, "AS")
        at = _closing(tokens, _skip(tokens, at, _OPEN))
    at += 1
    if tokens[at].text.lower() in ("search", "cycle"):
        while tokens[at].kind not in _MAIN:
            at += 1
    return at


def _skip(tokens: tuple[Token, ...], at: int, kind: str) -> int:
    """Return the index of the next token of `kind` that stands in no parentheses."""
    at += 1
    while tokens[at].kind != kind:
        at = _closing(tokens, at) + 1 if tokens[at].kind == _OPEN else at + 1
    return at


def _closing(tokens: tuple[Token, ...], at: int) -> int:
    depth = 0
    while True:
        depth += {_OPEN: 1, _CLOSE: -1}.get(tokens[at].kind, 0)
        if depth == 0:
            return at
        at += 1
