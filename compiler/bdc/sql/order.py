"""Definitions in an order in which they can be made: each after those that it names, otherwise as they were written."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bdc.sql.uses import uses

T = TypeVar("T")


def in_order(found: Iterable[T], name: Callable[[T], str], text: Callable[[T], str]) -> list[T]:
    """Return `found` so that each comes after the others whose `name` its `text` names. Those that name each other stay as they came."""
    items = list(found)
    makers: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        if called := name(item):
            makers.setdefault(called, []).append(place)
    done: dict[int, None] = {}
    texts = [text(item) for item in items]
    for place in range(len(items)):
        _visit(place, texts, makers, done, set())
    return [items[place] for place in done]


def _visit(
    place: int, texts: Sequence[str], makers: dict[str, list[int]], done: dict[int, None], above: set[int]
) -> None:
    if place in done or place in above:
        return
    needed = {other for word in uses(texts[place]) for other in makers.get(word, ()) if other != place}
    for other in sorted(needed):
        _visit(other, texts, makers, done, above | {place})
    done[place] = None
