"""Mistakes that have one likely mending: it is reported, done, and the parse goes on as if it had been written right."""

from collections.abc import Callable

from lark import Token

from bdc.source import SourceFile, Span
from bdc.syntax.automaton import Automaton
from bdc.syntax.errors import AssignsInExpression, Missing, MixedConnectives, ReservedName, Unexpected
from bdc.syntax.expected import ITEM_WORDS, block, expected
from bdc.syntax.habits import habits
from bdc.syntax.lexemes import END, RESERVED, describe, token_span
from bdc.syntax.repair_types import Repair

_INSERTED = {"LPAR": "(", "COLON": ":", "RPAR": ")", "RSQB": "]", "COMMA": ",", "LBRACE": "{", "EQUAL": "="}

_BRACES = (("LBRACE", "{"), ("RBRACE", "}"))
_NAMED_CHECK = "a check has a name, which callers read when it refuses: `check in_order (…)`"
_SAME_LINE = frozenset({"COLON", "EQUAL", "LPAR"})


def find_repair(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: dict[int, int]
) -> Repair | None:
    """Return the first mending after which the parse goes on, or None."""
    if tokens[at].type == END:
        return None
    habit = habits(automaton, tokens, at, file, match)
    if habit is not None:
        return habit
    for attempt in _ATTEMPTS:
        found = attempt(automaton, tokens, at, file)
        if found is not None:
            return found
    return _skip_to_body(automaton, tokens, at, file, match)


def _connective(automaton: Automaton, tokens: list[Token], at: int, file: SourceFile) -> Repair | None:
    token = tokens[at]
    if token.type not in ("AND", "OR"):
        return None
    other = "OR" if token.type == "AND" else "AND"
    meant = _like(token, other, other.lower())
    before = [value for value in automaton.values if type(value) is Token and value.type in ("AND", "OR")]
    if not automaton.takes((meant,)):
        return None
    other_span = _connective_before(tokens, at, other, file) or token_span(
        file, before[-1] if before else token
    )
    return Repair(MixedConnectives(token_span(file, token), str(token), other_span), (meant,), at + 1)


def _connective_before(tokens: list[Token], at: int, kind: str, file: SourceFile) -> Span | None:
    for token in reversed(tokens[:at]):
        if token.type == kind:
            return token_span(file, token)
    return None


def _comparison(automaton: Automaton, tokens: list[Token], at: int, file: SourceFile) -> Repair | None:
    token = tokens[at]
    meant = _like(token, "COMPARE", "==")
    if token.type != "EQUAL" or automaton.takes((meant, *tokens[at + 1 : at + 2])) < 2:
        return None
    return Repair(AssignsInExpression(token_span(file, token)), (meant,), at + 1)


def _reserved(automaton: Automaton, tokens: list[Token], at: int, file: SourceFile) -> Repair | None:
    token = tokens[at]
    meant = _like(token, "IDENT", str(token))
    if token.type not in RESERVED or automaton.takes((meant, *tokens[at + 1 : at + 2])) < 2:
        return None
    if _is_type(automaton, tokens, at):
        return Repair(
            None, (meant,), at + 1
        )  # no type has such a name: that is said where types are looked up
    return Repair(ReservedName(token_span(file, token), str(token)), (meant,), at + 1)


def _is_type(automaton: Automaton, tokens: list[Token], at: int) -> bool:
    """Whether a type should stand here: a name after `:` that `[]` may follow."""
    listed = (_like(tokens[at], "IDENT", ""), _like(tokens[at], "LSQB", "["), _like(tokens[at], "RSQB", "]"))
    return at > 0 and tokens[at - 1].type == "COLON" and automaton.takes(listed) == len(listed)


def _insertion(automaton: Automaton, tokens: list[Token], at: int, file: SourceFile) -> Repair | None:
    """Something is missing in front: believed when the next two tokens fit after it."""
    end = tokens[at - 1].end_pos or 0 if at else 0
    following = tokens[at : at + 2]
    broken_line = "\n" in file.text[end : tokens[at].start_pos]
    braces = tuple(Token(kind, mark, start_pos=end, end_pos=end) for kind, mark in _BRACES)
    if broken_line and automaton.takes((*braces, *following[:1])) == 3:
        # A body that is left out: `resource User at "/me" @single`, and the next item on the next line.
        return Repair(Missing(Span(file.path, end, end), "{ }", describe(tokens[at])), braces, at)
    for kind, mark in _INSERTED.items():
        if (broken_line and kind in _SAME_LINE) or (
            kind == "COMMA" and _begins_item(automaton, tokens, at, file)
        ):
            continue
        missing = Token(kind, mark, start_pos=end, end_pos=end)
        if automaton.takes((missing, *following)) == 1 + len(following):
            fact = Missing(Span(file.path, end, end), mark, describe(tokens[at]))
            return Repair(fact, (missing,), at)
    return None


def _begins_item(automaton: Automaton, tokens: list[Token], at: int, file: SourceFile) -> bool:
    """Whether the word in front of the failing token was read as a name of the line before, and begins an item: `search`, `expand author`."""
    if at < 2:
        return False
    word, end = tokens[at - 1], tokens[at - 2].end_pos or 0
    words = ITEM_WORDS.get(block(automaton.values) or "", "").split()
    return str(word) in words and "\n" in file.text[end : word.start_pos] and tokens[at - 2].type != "COMMA"


def _check_name(automaton: Automaton, tokens: list[Token], at: int, file: SourceFile) -> Repair | None:
    """SQL has checks without a name. Here callers read it in the refusal, so that it is asked for."""
    if tokens[at].type != "LPAR" or not at or tokens[at - 1].type != "CHECK":
        return None
    end = tokens[at - 1].end_pos or 0
    name = Token("IDENT", f"unnamed_{end}", start_pos=end, end_pos=end)
    if automaton.takes((name, tokens[at])) < 2:
        return None
    found = Unexpected(token_span(file, tokens[at]), describe(tokens[at]), "a name", advice=_NAMED_CHECK)
    return Repair(found, (name,), at)


def _skip_to_body(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: dict[int, int]
) -> Repair | None:
    """A bad word between the head of something and its `{` on the same line costs that word, not the body."""
    line = file.position(tokens[at].start_pos or 0).line
    for brace in range(at + 1, len(tokens)):
        if file.position(tokens[brace].start_pos or 0).line != line:
            return None
        if tokens[brace].type == "LBRACE":
            break
    else:
        return None
    if brace not in match or automaton.takes(tokens[brace : brace + 2]) < 2:
        return None
    found = Unexpected(
        token_span(file, tokens[at]), describe(tokens[at]), expected(automaton.accepts(), automaton.values)
    )
    return Repair(found, (), brace)


def _like(token: Token, kind: str, text: str) -> Token:
    return Token(kind, text, start_pos=token.start_pos, end_pos=token.end_pos)


_ATTEMPTS: tuple[Callable[[Automaton, list[Token], int, SourceFile], Repair | None], ...] = (
    _connective,
    _comparison,
    _reserved,
    _check_name,
    _insertion,
)
