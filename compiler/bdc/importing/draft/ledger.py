"""Every element of a source, and what became of it.

An element has a path whose parts are separated by `/`, so that what holds for a whole holds for its parts. The elements are listed by a walk
over the source that knows nothing of the converter: what the converter forgets is still counted, and named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

_UNREAD = "the import does not read it"


def under(*names: str) -> str:
    """Return the path of an element: its names from the outside in; a `/` within a name is written `~1`, as in a JSON pointer."""
    return "/".join(name.replace("~", "~0").replace("/", "~1") for name in names)


@dataclass(slots=True)
class Ledger:
    """`elements`: all paths, in the order of the source. `carried`: those that are in the specification. `reasons`: why a path, and what is
    below it, is not."""

    elements: tuple[str, ...]
    carried: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)

    def carry(self, paths: Iterable[str]) -> None:
        self.carried.update(paths)

    def leave(self, path: str, reason: str) -> None:
        """Say why an element is not in the specification; the first reason stays."""
        self.reasons.setdefault(path, reason)

    def drop(self, path: str, reason: str) -> None:
        """Leave out after all what was carried."""
        self.carried.discard(path)
        self.leave(path, reason)

    def has_reason(self, path: str) -> bool:
        """Whether there is a reason for the path, or for a whole that it is in."""
        return any(each in self.reasons for each in _upwards(path))

    @property
    def count(self) -> tuple[int, int]:
        """How many elements are carried, and how many there are."""
        return sum(path in self.carried for path in self.elements), len(self.elements)

    def left(self) -> Iterator[tuple[str, int, str]]:
        """Yield path, number of elements and reason of what is left out: a whole stands for its parts where none of them is carried and
        the reason is the same."""
        missing = {path: self.reason(path) for path in self.elements if path not in self.carried}
        tops = self._tops(missing)
        for top, group in groupby(missing, key=lambda path: tops[path]):
            yield top, len(list(group)), missing[top] if top in missing else self.reason(top)

    def _tops(self, missing: dict[str, str]) -> dict[str, str]:
        """Map each path to the outermost whole of which nothing is carried, and which has one reason."""
        kept = {ancestor for path in self.elements if path in self.carried for ancestor in _upwards(path)}
        mixed: set[str] = set()
        first: dict[str, str] = {}
        for path, reason in missing.items():
            for ancestor in _upwards(path):
                if first.setdefault(ancestor, reason) != reason:
                    mixed.add(ancestor)
        known = missing.keys()
        return {
            path: next(
                (
                    each
                    for each in _downwards(path)
                    if each in known and each not in kept and each not in mixed
                ),
                path,
            )
            for path in missing
        }

    def reason(self, path: str) -> str:
        """Return why an element is not in the specification."""
        return next((self.reasons[each] for each in _upwards(path) if each in self.reasons), _UNREAD)


def _upwards(path: str) -> Iterator[str]:
    """Yield the path itself and all that it is in, from the inside out."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _downwards(path: str) -> list[str]:
    return list(_upwards(path))[::-1]
