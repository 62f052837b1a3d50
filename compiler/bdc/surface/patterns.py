"""A text that a regular expression accepts: the shortest one of a wanted length that its parse tree gives."""

import re
from importlib import import_module
from typing import Any

from bdc.patterns import matches

# Python's own parser of regular expressions; it has no public name.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_SHORTHAND = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_NOT_WORD: r"\W",
    op.CATEGORY_NOT_SPACE: r"\S",
}
_PREFERRED = "aA0-_ .@"


def text_matching(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """Return a text that `pattern` finds itself in, between `least` and `most` characters long; None when no simple one is
    found (or Python does not read the pattern)."""
    try:
        tree = parser.parse(pattern)
    except re.error:
        return None
    for extra in range(max(least, 8) + 1):
        text = _sequence(tree, extra)
        if text is None:
            return None
        if len(text) >= least and (most is None or len(text) <= most) and matches(pattern, text):
            return text
    return None


def _sequence(items: Any, extra: int) -> str | None:
    parts = [_item(kind, value, extra) for kind, value in items]
    return None if any(part is None for part in parts) else "".join(part or "" for part in parts)


def _item(kind: Any, value: Any, extra: int) -> str | None:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.IN:
        return _one_of(value)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inner = value
        text = _sequence(inner, extra)
        return None if text is None else text * min(low + extra, int(high))
    if kind is op.SUBPATTERN:
        return _sequence(value[-1], extra)
    if kind is op.BRANCH:
        return _sequence(value[1][0], extra)
    if kind is op.ASSERT:
        return _sequence(value[1], 0) if value[0] == 1 else ""
    return {op.ANY: "a", op.AT: "", op.ASSERT_NOT: ""}.get(kind)


def _one_of(choices: Any) -> str:
    """A character of a class: a familiar one if the class has any."""
    accepted = [part for part in choices if part[0] is not op.NEGATE]
    negated = len(accepted) != len(choices)
    for character in _PREFERRED:
        if any(_covers(part, character) for part in accepted) != negated:
            return character
    kind, value = accepted[0]
    return chr(value if kind is op.LITERAL else value[0]) if not negated else "~"


def _covers(part: Any, character: str) -> bool:
    kind, value = part
    if kind is op.LITERAL:
        return bool(chr(value) == character)
    if kind is op.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    return value in _SHORTHAND and re.match(_SHORTHAND[value], character) is not None
