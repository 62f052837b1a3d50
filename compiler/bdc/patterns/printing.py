r"""From a tree to the text of a regular expression that every engine reads in the same way.

Only what all of them know is written: classes of characters and ranges, `(?:…)`, `|`, `^`, `$`, `*`, `+`, `?`, `{m,n}`. PostgreSQL
counts to 255 in a repetition, so that longer ones are written as several (`most`).
"""

from bdc.patterns.tree import LAST, Anchor, Chars, Choice, Look, Node, Pattern, Repeat, Sequence, Span, others

_SYNTAX = frozenset(r"\^$.*+?()[]{}|")
_IN_CLASS = frozenset(r"\^[]-")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f", "\v": r"\v"}
_ANYTHING = ((0, LAST),)


def printed(pattern: Pattern, most: int | None = None) -> str:
    """Return the whole pattern as one text; what it looks at stands at its ends."""
    ahead = "".join(_look(look, most) for look in pattern.looks if look.ahead)
    behind = "".join(_look(look, most) for look in pattern.looks if not look.ahead)
    main = text_of(pattern.main, most)
    if ahead:
        main = f"^{ahead}{main.removeprefix('^')}"
    return f"{main.removesuffix('$')}{behind}$" if behind else main


def _look(look: Look, most: int | None) -> str:
    assert isinstance(look.node, Sequence)
    inner = text_of(look.node.items[1 if look.ahead else 0], most)
    return f"(?{'' if look.ahead else '<'}{'=' if look.wanted else '!'}{inner})"


def text_of(node: Node, most: int | None = None) -> str:
    """Return the text of a node."""
    match node:
        case Chars(spans=found):
            return _class(found)
        case Anchor(text=text):
            return text
        case Repeat():
            return _repeat(node, most)
        case Choice(items=items):
            return "|".join(text_of(item, most) for item in items)
        case Sequence(items=items):
            return "".join(
                f"(?:{text_of(item, most)})" if isinstance(item, Choice) else text_of(item, most)
                for item in items
            )


def _repeat(node: Repeat, most: int | None) -> str:
    text = text_of(node.node, most)
    unit = text if isinstance(node.node, Chars) else f"(?:{text})"
    if most is None or max(node.low, node.high or 0) <= most:
        return unit + _times(node.low, node.high)
    low, high = node.low, node.high
    parts = []
    while low > most or (high is not None and high > most):
        parts.append((min(low, most), most if high is not None else min(low, most)))
        low, high = max(low - most, 0), None if high is None else high - most
    if (low, high) != (0, 0):
        parts.append((low, high))  # type: ignore[arg-type]
    return "".join(unit + _times(*part) for part in parts)


def _times(low: int, high: int | None) -> str:
    known = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): ""}.get((low, high))
    if known is not None:
        return known
    if high is None:
        return f"{{{low},}}"
    return f"{{{low}}}" if low == high else f"{{{low},{high}}}"


def _class(found: tuple[Span, ...]) -> str:
    if found == _ANYTHING:
        return r"[\s\S]"
    if len(found) == 1 and found[0][0] == found[0][1]:
        return _escaped(chr(found[0][0]), _SYNTAX)
    if found and found[-1][1] == LAST:
        return f"[^{_members(others(found))}]"
    return f"[{_members(found)}]"


def _members(found: tuple[Span, ...]) -> str:
    return "".join(_member(*span) for span in found)


def _member(low: int, high: int) -> str:
    first, last = (_escaped(chr(each), _IN_CLASS) for each in (low, high))
    if low == high:
        return first
    return first + last if high == low + 1 else f"{first}-{last}"


def _escaped(character: str, special: frozenset[str]) -> str:
    if character in special:
        return f"\\{character}"
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0 or code in (0x2028, 0x2029, 0xFEFF):
        return _NAMED.get(character) or f"\\u{code:04x}"
    return character
