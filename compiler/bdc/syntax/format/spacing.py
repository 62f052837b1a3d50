"""Blanks between two tokens on one line."""

from lark import Token

from bdc.syntax.format.facts import Facts

_BEFORE_TIGHT = frozenset({"COMMA", "RPAR", "RSQB", "COLON", "QMARK", "DOT"})
_AFTER_TIGHT = frozenset({"LPAR", "LSQB", "AT", "DOT", "RANGE"})


def space(tokens: list[Token], at: int, facts: Facts) -> str:
    """Return what stands between token `at` and the one before it: a blank or nothing."""
    before, token = tokens[at - 1], tokens[at]
    if token.type in _BEFORE_TIGHT or before.type in _AFTER_TIGHT:
        return ""
    if token.type == "RANGE":
        return "" if before.type in ("NUMBER", "QUANTITY") else " "
    if token.type in ("LPAR", "LSQB"):
        return "" if (before.end_pos or 0) in facts.tight else " "
    if before.type == "MINUS":
        return " " if at > 1 and (tokens[at - 2].end_pos or 0) in facts.minus else ""
    return " "
