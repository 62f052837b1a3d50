"""Texts that a pattern accepts, one unlike the other: drawn along the pattern's parse tree by a number."""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

from bdc.surface.patterns import op, parser

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHERS = "-_ .@#/:+"
_CLASSES = {
    op.CATEGORY_DIGIT: "0123456789",
    op.CATEGORY_WORD: _LETTERS + "_",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_NOT_DIGIT: _LETTERS[:26] + _OTHERS,
    op.CATEGORY_NOT_WORD: _OTHERS.replace("_", ""),
    op.CATEGORY_NOT_SPACE: _LETTERS,
}
# More than a pattern's shortest text: so many repetitions at most.
_MOST_MORE = 6


class _Draw:
    """Numbers that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self._numbers = _digits(seed)

    def below(self, limit: int) -> int:
        return next(self._numbers) % limit if limit > 1 else 0


def _digits(seed: str) -> Iterator[int]:
    block = seed.encode()
    while True:
        block = sha256(block).digest()
        yield from (int.from_bytes(block[at : at + 2], "big") for at in range(0, 32, 2))


def drawn_text(pattern: str, seed: str, least: int = 0) -> str | None:
    """Return a text along `pattern` (the caller checks that it is accepted); None where the pattern cannot be read here."""
    tree = _tree(pattern)
    return None if tree is None else _sequence(tree, _Draw(seed), least)


@lru_cache(maxsize=512)
def _tree(pattern: str) -> Any:
    try:
        return parser.parse(pattern)
    except (re.error, OverflowError):
        return None


def _sequence(items: Any, draw: _Draw, least: int) -> str | None:
    parts = [_item(kind, value, draw, least) for kind, value in items]
    return None if any(part is None for part in parts) else "".join(part or "" for part in parts)


def _item(kind: Any, value: Any, draw: _Draw, least: int) -> str | None:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.IN:
        offered = _offered(value)
        return offered[draw.below(len(offered))] if offered else None
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inner = value
        times = min(max(low, least) + draw.below(_MOST_MORE), int(high))
        parts = [_sequence(inner, draw, 0) for _ in range(times)]
        return None if None in parts else "".join(part or "" for part in parts)
    if kind is op.SUBPATTERN:
        return _sequence(value[-1], draw, least)
    if kind is op.BRANCH:
        return _sequence(value[1][draw.below(len(value[1]))], draw, least)
    return {op.ANY: "a", op.AT: "", op.ASSERT_NOT: "", op.ASSERT: ""}.get(kind)


def _offered(choices: Any) -> str:
    accepted = [part for part in choices if part[0] is not op.NEGATE]
    covered = {character for part in accepted for character in _characters(part)}
    if len(accepted) != len(choices):
        return "".join(character for character in _LETTERS + _OTHERS if character not in covered)
    familiar = "".join(character for character in _LETTERS + _OTHERS if character in covered)
    return familiar or "".join(sorted(covered))


def _characters(part: Any) -> str:
    kind, value = part
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.RANGE:
        return "".join(map(chr, range(value[0], min(value[1], value[0] + 255) + 1)))
    return _CLASSES.get(value, "")
