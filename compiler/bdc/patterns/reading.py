"""From the text of a pattern to its tree, or the reason why there is none. Python's own parser of regular expressions reads it."""

import re
import warnings
from collections.abc import Sequence as Items
from importlib import import_module
from typing import Any

from bdc.patterns.tree import Anchor, Chars, Choice, Look, Node, Pattern, Repeat, Sequence, others, spans

# It has no public name.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_DIGITS = ((0x30, 0x39),)
_WORD = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE = ((0x09, 0x0D), (0x20, 0x20))
_LINE_ENDS = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CATEGORIES = {
    op.CATEGORY_DIGIT: _DIGITS,
    op.CATEGORY_WORD: _WORD,
    op.CATEGORY_SPACE: _SPACE,
    op.CATEGORY_NOT_DIGIT: others(_DIGITS),
    op.CATEGORY_NOT_WORD: others(_WORD),
    op.CATEGORY_NOT_SPACE: others(_SPACE),
}
_ANCHORS = {
    op.AT_BEGINNING: "^",
    op.AT_BEGINNING_STRING: "^",
    op.AT_END: "$",
    op.AT_END_STRING: "$",
}
_ASSERTIONS = (op.ASSERT, op.ASSERT_NOT, getattr(op, "FAILURE", None))
_LOOKS = "looks around in its middle, which engines of linear time cannot do: put `(?=…)` or `(?!…)` right after a leading `^`"
_REFUSED = {
    op.GROUPREF: "has a back reference, which has no linear-time match: write the alternatives out",
    op.GROUPREF_EXISTS: "asks whether a group matched, which the engines do not share: write the alternatives out",
    op.ASSERT: _LOOKS,
    op.ASSERT_NOT: _LOOKS,
    getattr(op, "FAILURE", "-"): "has a part that never matches",
    getattr(op, "ATOMIC_GROUP", "-"): "has an atomic group, which the engines do not share: write `(?:…)`",
    getattr(
        op, "POSSESSIVE_REPEAT", "-"
    ): "has a possessive quantifier, which the engines do not share: drop its `+`",
}


class UnusablePattern(ValueError):
    """The pattern cannot be used; the message says what it does, and what to write."""


# Python reads `[[:alpha:]]` as a class of six characters and a bracket; others as letters.
_POSIX_CLASS = re.compile(r"\[\^?[^\]]*\[[:.=]\w+[:.=]\]")


def read(text: str) -> Pattern:
    """Return the tree of a pattern. Raises `UnusablePattern`."""
    if _POSIX_CLASS.search(text):
        raise UnusablePattern(
            "has a class by name, which JSON Schema does not know: write `[A-Za-z]` or the like"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(text)
            re.compile(text)
    except (re.error, RecursionError, OverflowError) as problem:
        raise UnusablePattern(f"is not a regular expression: {problem}") from None
    return _pattern(list(tree), tree.state.flags)


def _pattern(items: list[Any], flags: int) -> Pattern:
    """Take the look-around at both ends off, where each is a pattern of its own."""
    looks: list[Look] = []
    if items and items[0] == (op.AT, op.AT_BEGINNING):
        while len(items) > 1 and items[1][0] in _ASSERTIONS[:2] and items[1][1][0] == 1:
            looks.append(_look(items.pop(1), flags, ahead=True))
    if items and items[-1][0] is op.AT and _ANCHORS.get(items[-1][1]) == "$":
        while len(items) > 1 and items[-2][0] in _ASSERTIONS[:2] and items[-2][1][0] == -1:
            looks.append(_look(items.pop(-2), flags, ahead=False))
    return Pattern(_sequence(items, flags), tuple(looks))


def _look(item: Any, flags: int, *, ahead: bool) -> Look:
    kind, (_, inner) = item
    anchor = Anchor("^" if ahead else "$")
    node = _sequence(inner, flags)
    whole = (anchor, node) if ahead else (node, anchor)
    return Look(Sequence(whole), kind is op.ASSERT, ahead)


def _sequence(items: Items[Any], flags: int) -> Node:
    if flags & re.MULTILINE:
        raise UnusablePattern(
            "has the flag `m`, by which `^` and `$` are at line breaks: write `(^|\\n)` and `(\\n|$)`"
        )
    found = tuple(_node(kind, value, flags) for kind, value in items)
    return found[0] if len(found) == 1 else Sequence(found)


def _node(kind: Any, value: Any, flags: int) -> Node:
    if kind in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
        return _chars(kind, value, flags)
    if kind is op.AT and value in _ANCHORS:
        return Anchor(_ANCHORS[value])
    if kind is op.AT:
        raise UnusablePattern(
            "has a word boundary, which engines interpret differently: write the characters around it"
        )
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inner = value
        return Repeat(_sequence(inner, flags), low, None if high is op.MAXREPEAT else int(high))
    if kind is op.SUBPATTERN:
        _, added, removed, inner = value
        return _sequence(inner, (flags | added) & ~removed)
    if kind is op.BRANCH:
        return Choice(tuple(_sequence(branch, flags) for branch in value[1]))
    raise UnusablePattern(_REFUSED.get(kind, "uses what the engines do not share"))


def _chars(kind: Any, value: Any, flags: int) -> Chars:
    if kind is op.ANY:
        return Chars(others(() if flags & re.DOTALL else _LINE_ENDS))
    parts = value if kind is op.IN else [(op.LITERAL, value)]
    negated = kind is op.NOT_LITERAL or any(part is op.NEGATE for part, _ in parts)
    found = [span for part, inner in parts if part is not op.NEGATE for span in _spans(part, inner)]
    if any(0xD800 <= end <= 0xDFFF for span in found for end in span):
        raise UnusablePattern(
            "names half of a surrogate pair, which is no character: write the character itself"
        )
    if flags & re.IGNORECASE:
        found += _other_case(found)
    joined = others(spans(found)) if negated else spans(found)
    if not joined:
        raise UnusablePattern("has a class that no character is in")
    return Chars(joined)


def _spans(part: Any, value: Any) -> tuple[tuple[int, int], ...]:
    if part is op.LITERAL:
        return ((value, value),)
    if part is op.RANGE:
        return (value,)
    return _CATEGORIES[value]


def _other_case(found: Items[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ASCII letters of `found` in the other case; letters beyond have no case that the engines agree on."""
    if any(low == high > 0x7F and chr(low).swapcase() != chr(low) for low, high in found):
        raise UnusablePattern(
            "ignores the case of letters beyond a to z, which the engines see differently: name both cases"
        )
    return [
        (ord(letter.swapcase()),) * 2
        for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        if any(low <= ord(letter) <= high for low, high in found)
    ]
