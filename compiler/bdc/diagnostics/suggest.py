"""Did you mean …?"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from types import MappingProxyType

# Likeness from 0 to 1: of a misspelling, and the distance that the next candidate keeps.
_CLOSE, _CLEARLY = 0.72, 0.12


class Names(tuple[str, ...]):
    """Names in their order. `former`: what some of them were called, each with its name of today."""

    former: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def of(cls, named: Iterable[tuple[str, Iterable[str]]]) -> "Names":
        """Return the names of `named`, given as each name with those it had before."""
        known = list(named)
        names = cls(name for name, _ in known)
        names.former = {old: name for name, before in known for old in before if old not in names}
        return names

    def after(self, others: Iterable[str]) -> "Names":
        """Return these names behind others."""
        names = Names((*others, *self))
        names.former = self.former
        return names


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate closest to `name`, or None when none is close enough to be worth saying.
    The same words in another order or spelling are closest."""
    turned = next(
        (each for each in sorted(set(candidates)) if each != name and _words(each) == _words(name)), None
    )
    if turned is not None:
        return turned
    by_lower = {candidate.lower(): candidate for candidate in sorted(set(candidates), reverse=True)}
    close = get_close_matches(name.lower(), sorted(by_lower), n=3, cutoff=0.6)
    return next((by_lower[each] for each in close if _is_slip(name.lower(), each)), None)


def _is_slip(name: str, other: str) -> bool:
    """Whether one may be a slip for the other: a few letters differ, one goes on from the other, or only their ends differ.

    Letters in common are not enough: `count` has four of `concat`.
    """
    goes_on = (name in other or other in name) and 2 * min(len(name), len(other)) >= max(
        len(name), len(other)
    )
    shorter = min(len(name), len(other))
    alike = name[: round(0.75 * shorter)] == other[: round(0.75 * shorter)] and shorter >= 4
    return goes_on or alike or _distance(name, other) <= max(1, round(len(name) / 3))


def _distance(name: str, other: str) -> int:
    """Return how many letters are missing, added, other or swapped with their neighbour (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(name, 1):
        row = [i]
        for j, opposite in enumerate(other, 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (letter != opposite))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and name[i - 2] == opposite
            row.append(min(best, rows[i - 2][j - 2] + 1) if swapped else best)
        rows.append(row)
    return rows[-1][-1]


def is_only_one(name: str, close: str, candidates: Iterable[str]) -> bool:
    """Whether `name` can only be `close` misspelt: it is close enough to it, and clearly less to every other candidate."""
    if _words(name) == _words(close):
        return True
    likeness = {each.lower(): _likeness(name, each) for each in (*candidates, close)}
    best = likeness.pop(close.lower())
    return best >= _CLOSE and all(best - other > _CLEARLY for other in likeness.values())


def _likeness(name: str, candidate: str) -> float:
    return SequenceMatcher(None, candidate.lower(), name.lower()).ratio()


def _words(name: str) -> list[str]:
    return sorted(word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name))


def listing(names: tuple[str, ...], limit: int = 8) -> str:
    """Return names for a sentence: `a`, `b` and 3 more."""
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
