"""Two branches that planned from one state, joined: one stays as it is, the other is planned again from where the first ends."""

from collections.abc import Iterable

from bdc.evolution.history import WrittenMigration
from bdc.source.records import dataclass


class MergeError(Exception):
    """There is nothing to join, or it is not said what stays. The message says what to write."""


@dataclass(frozen=True)
class Merge:
    """`kept`: the history that stays, in order; `dropped`: the migrations that are planned again."""

    kept: tuple[WrittenMigration, ...]
    dropped: tuple[WrittenMigration, ...]


def merge(migrations: Iterable[WrittenMigration], keep: str | None = None) -> Merge:
    """Follow the migrations from the empty database; where two start from one state, stay on the branch that leads to the one called
    `keep` (without: the branch whose first migration has the first name). MergeError when nothing forks, or `keep` is not there."""
    found = tuple(sorted(migrations, key=lambda one: one.name))
    wanted = _way_to(found, keep) if keep else frozenset()
    kept: list[WrittenMigration] = []
    while following := [one for one in found if one.source == (kept[-1].target if kept else None)]:
        kept.append(next((one for one in following if one.name in wanted), following[0]))
    dropped = tuple(one for one in found if one not in kept)
    if not dropped:
        raise MergeError("the migrations follow one another: there is nothing to merge")
    return Merge(tuple(kept), dropped)


def _way_to(migrations: tuple[WrittenMigration, ...], name: str) -> frozenset[str]:
    """Return the names of the migrations up to the one called `name`."""
    by_target = {one.target: one for one in migrations}
    last = next((one for one in migrations if one.name == name), None)
    if last is None:
        known = ", ".join(one.name for one in migrations)
        raise MergeError(f"no migration is called {name}; there are {known}")
    way: list[str] = []
    while last is not None and last.name not in way:
        way.append(last.name)
        last = by_target.get(last.source or "")
    return frozenset(way)
