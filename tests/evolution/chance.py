"""What is picked and how often, and names that nothing has had: whatever is made up edit by edit."""

from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")
Numbered = tuple[int, str]


class Chance:
    random: Random
    count: int

    def pick(self, found: Iterable[T]) -> T | None:
        """Return one of `found`, None when there is none."""
        offered = list(found)
        return self.random.choice(offered) if offered else None

    def maybe(self, likely: float) -> bool:
        return self.random.random() < likely

    def numbered(self, *words: str) -> str:
        """Return one of `words` and a number that no other name has."""
        self.count += 1
        return f"{self.random.choice(words)}{self.count}"


class Drawn(Protocol):
    random: Random
    count: int


D = TypeVar("D", bound=Drawn)


def apply(
    draft: D,
    offered: Mapping[str, Callable[[D], bool]],
    seed: int,
    edits: Iterable[Numbered],
    most: int = 100,
) -> tuple[Numbered, ...]:
    """Apply edits until `most` have found something to change; return those. Each has chance and names of its own, which stay the
    same when another is left out."""
    done: list[Numbered] = []
    for number, name in edits:
        draft.random = Random(f"{seed} {number} {name}")
        draft.count = number * 20
        if len(done) < most and offered[name](draft):
            done.append((number, name))
    return tuple(done)
