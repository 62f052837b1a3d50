"""Text → tokens, by PostgreSQL's own scanner."""

from functools import lru_cache
from typing import Any

from bdc.source.records import dataclass
from bdc.sql.offsets import Offsets
from bdc.sql.parse import SqlSyntaxError, shortened

COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is the scanner's (`IDENT`, `SCONST`, `TYPECAST`, `ASCII_58` for a colon); `keyword` whether it is a key word of any
    sort; offsets are in characters."""

    kind: str
    start: int
    end: int
    text: str
    keyword: bool = False


@lru_cache(maxsize=1024)
def scan(text: str) -> tuple[Token, ...]:
    """Return the tokens of `text`, comments included. Raises SqlSyntaxError for a string or comment without an end."""
    import postgast
    from postgast.pg_query_pb2 import NO_KEYWORD
    from postgast.pg_query_pb2 import Token as Kind

    offsets = Offsets(text)
    try:
        found = postgast.scan(text)
    except postgast.PgQueryError as error:
        at = max(error.cursorpos - 1, 0)  # characters, unlike the offsets of trees and tokens
        raise SqlSyntaxError(shortened(error.message), min(at, len(text))) from None
    tokens = []
    for each in found.tokens:
        start, end = offsets.character(each.start), offsets.character(each.end)
        tokens.append(
            Token(_kind(Kind, each.token), start, end, text[start:end], each.keyword_kind != NO_KEYWORD)
        )
    return tuple(tokens)


def _kind(named: Any, number: int) -> str:
    """Return the name of a kind. The scanner gives characters that SQL does not know, such as `{`, their code, which has no name."""
    return str(named.Name(number)) if number in named.values() else f"ASCII_{number}"


def code(text: str) -> tuple[Token, ...]:
    """Return the tokens without comments."""
    return tuple(token for token in scan(text) if token.kind not in COMMENTS)


def closed(text: str) -> str:
    """Return `text` so that something can follow in its last line: a comment at its end gets a line break. Raises SqlSyntaxError."""
    if "--" not in text:
        return text
    tokens = scan(text)
    ends = bool(tokens) and tokens[-1].kind == "SQL_COMMENT" and "\n" not in text[tokens[-1].start :]
    return text + "\n" if ends else text
