"""Which brackets belong together, and where lines and declarations begin: the map that recovery walks by.

It looks at tokens only, so it also holds for text that does not parse.
"""

from lark import Token

from bdc.source.records import dataclass
from bdc.syntax.lexemes import RESERVED

CLOSING = {"LBRACE": "RBRACE", "LPAR": "RPAR", "LSQB": "RSQB"}
_MARKS = {"{": "LBRACE", "}": "RBRACE", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB"}
_DECLARATION_WORDS = (
    "type enum struct mixin entity view machine error event identity role policy api external job mail webhooks audit stream source consume load deploy seed test "
    "sql use module dropped"
)
DECLARATIONS = frozenset(_DECLARATION_WORDS.upper().split())


@dataclass(frozen=True, slots=True)
class Layout:
    """`match`: index of the closing bracket by index of the opening one. `first`: indexes of the first token of each line.
    `hard`: indexes at which a declaration certainly begins, whatever is still open."""

    match: dict[int, int]
    first: frozenset[int]
    hard: frozenset[int]


def layout(tokens: list[Token], text: str) -> Layout:
    first = frozenset(at for at, token in enumerate(tokens) if _begins_line(tokens, at, token, text))
    hard = frozenset(at for at in first if _surely_declares(tokens, at, text))
    return Layout(_match(tokens, hard), first, hard)


def is_word(token: Token) -> bool:
    """True for what may be a name."""
    return (
        token.type not in RESERVED
        and (token[:1].isalpha() or token[:1] == "_")
        and token.type != "RAW_STRING"
    )


def _begins_line(tokens: list[Token], at: int, token: Token, text: str) -> bool:
    before = tokens[at - 1].end_pos or 0 if at else 0
    return at == 0 or "\n" in text[before : token.start_pos]


def _surely_declares(tokens: list[Token], at: int, text: str) -> bool:
    """A declaring word in the first column, with a name, a text or a brace after it."""
    token = tokens[at]
    start = token.start_pos or 0
    if token.type not in DECLARATIONS or (start and text[start - 1] != "\n") or at + 1 >= len(tokens):
        return False
    after = tokens[at + 1]
    return is_word(after) or after.type in ("STRING", "LONG_STRING", "LBRACE")


def _match(tokens: list[Token], hard: frozenset[int]) -> dict[int, int]:
    """Match brackets; a closing one forgives what was left open inside it, a sure declaration forgives everything."""
    matched: dict[int, int] = {}
    open_at: list[int] = []
    for at, token in enumerate(tokens):
        if at in hard:
            open_at.clear()
        kind = _MARKS.get(token)
        if kind in CLOSING:
            open_at.append(at)
        elif kind is not None:
            _close(tokens, open_at, at, kind, matched)
    return matched


def _close(tokens: list[Token], open_at: list[int], at: int, kind: str, matched: dict[int, int]) -> None:
    for depth in range(len(open_at) - 1, -1, -1):
        opening = _MARKS[tokens[open_at[depth]]]
        if CLOSING[opening] == kind:
            matched[open_at[depth]] = at
            del open_at[depth:]
            return
        if opening == "LBRACE":
            return
