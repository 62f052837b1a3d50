"""What a pattern is made of. Captures, laziness and names are gone: they do not change what matches."""

from bdc.source.records import dataclass

LAST = 0x10FFFF
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set: sorted ranges that do not touch."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start (`^`) or the end (`$`) of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """`node`, `low` to `high` times; `high` None: without end."""

    node: "Node"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; empty: the empty text."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    items: tuple["Node", ...]


Node = Chars | Anchor | Repeat | Sequence | Choice


@dataclass(frozen=True, slots=True)
class Look:
    """A look-around at an end of the pattern. `ahead`: from the start of the text; otherwise back from its end."""

    node: Node
    wanted: bool
    ahead: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """`main` and what else must hold, or must not hold, of the same text."""

    main: Node
    looks: tuple[Look, ...] = ()


def spans(found: list[Span]) -> tuple[Span, ...]:
    """Return ranges in order, joined where they touch."""
    joined: list[Span] = []
    for low, high in sorted(found):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def others(found: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return every character that is not in `found`."""
    starts = [0, *(high + 1 for _, high in found)]
    ends = [*(low - 1 for low, _ in found), LAST]
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)


def size(node: Node) -> int:
    """Return how many characters `node` is written out to, repetitions multiplied: what an automaton for it costs."""
    match node:
        case Repeat(node=inner, low=low, high=high):
            return size(inner) * max(low + 1 if high is None else high, 1)
        case Sequence(items=items) | Choice(items=items):
            return 1 + sum(size(item) for item in items)
    return 1
