"""The SQL statements inside a body of PL/pgSQL, and the members of NEW and OLD that it names.

Only what begins where a statement begins is found. A statement that the parser does not read is left out: PL/pgSQL has more than SQL.
"""

from collections.abc import Iterator

from bdc.sql.parse import SqlSyntaxError, Statement, parse
from bdc.sql.tokens import Token, code

_FIRST = frozenset({"select", "insert", "update", "delete", "merge", "with", "perform"})
_BEFORE = frozenset({";", "begin", "then", "else", "loop", "query", "in"})
_DYNAMIC = frozenset({"execute", "temp", "temporary"})
_OPEN, _CLOSE = ("ASCII_40", "ASCII_91"), ("ASCII_41", "ASCII_93")


def statements_of(body: str) -> Iterator[tuple[int, Statement]]:
    """Yield each statement with the offset of its text in the body. Raises SqlSyntaxError when the body cannot be scanned."""
    tokens = code(body)
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text.lower() if index else ";"
        if token.text.lower() in _FIRST and before in _BEFORE:
            last = _end(tokens, index, loop=before == "in")
            text = _plain(body, tokens[index:last])
            try:
                found = parse(text)
            except SqlSyntaxError:
                continue
            yield from ((token.start, statement) for statement in found)


def makes_tables(body: str) -> bool:
    """Whether the body may make tables of its own, or run text."""
    return any(token.text.lower() in _DYNAMIC for token in code(body))


def row_members(body: str) -> Iterator[tuple[str, int]]:
    """Yield the members of NEW and OLD with their offsets."""
    tokens = code(body)
    for first, dot, member in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (
            first.text.lower() in ("new", "old")
            and dot.text == "."
            and (member.kind == "IDENT" or member.keyword)
        ):
            name = member.text[1:-1] if member.text.startswith('"') else member.text.lower()
            yield name, member.start


def _end(tokens: tuple[Token, ...], start: int, *, loop: bool) -> int:
    depth = 0
    for index in range(start, len(tokens)):
        kind = tokens[index].kind
        depth += (kind in _OPEN) - (kind in _CLOSE)
        if depth == 0 and (kind == "ASCII_59" or (loop and tokens[index].text.lower() == "loop")):
            return index
    return len(tokens)


def _plain(body: str, tokens: tuple[Token, ...]) -> str:
    """Return the statement as SQL: `perform` is a `select`, and `into variable` is blank. Offsets stay."""
    start, end = tokens[0].start, tokens[-1].end
    text = body[start:end]
    if tokens[0].text.lower() == "perform":
        text = "select ".ljust(len(tokens[0].text)) + text[len(tokens[0].text) :]
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind in _OPEN) - (token.kind in _CLOSE)
        if (
            token.kind == "INTO"
            and depth == 0
            and index
            and tokens[index - 1].text.lower() not in ("insert", "merge")
        ):
            last = tokens[_after_targets(tokens, index) - 1].end
            text = text[: token.start - start] + " " * (last - token.start) + text[last - start :]
    return text


def _after_targets(tokens: tuple[Token, ...], into: int) -> int:
    """Return the index after `into [strict] a, b.c`."""
    at = into + 1
    if at < len(tokens) and tokens[at].text.lower() == "strict":
        at += 1
    while at < len(tokens):
        at += 1
        if at >= len(tokens) or tokens[at].text not in (",", "."):
            return at
        at += 1
    return at
