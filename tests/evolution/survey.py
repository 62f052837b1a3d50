"""Many pairs, and what became of them: counts that can be read, and the smallest pair for every law that was broken."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.evolution.laboratory import Laboratory
from tests.evolution.laws import Broken, hold, meets
from tests.evolution.pairs import evolve, further, random_pair
from tests.evolution.shrinking import breaks, shrunk

EVERY = 5  # every fifth pair goes one change further
_SHRUNK = 3  # as many broken pairs are made small; that takes time


@dataclass
class Survey:
    """`ends`: how many pairs ended how; `without`: why the way back is not there; `further`: how those ended that went
    one change further; `broken`: what broke a law."""

    ends: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    blocking: Counter[str] = field(default_factory=Counter)
    further: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.ends.total()

    def __str__(self) -> str:
        lines = [f"{self.count} pairs, {self.operations} operations"]
        lines += [f"  {count:5} {end}" for end, count in self.ends.most_common()]
        lines += [f"  {count:5} without a way back: {why}" for why, count in self.without.most_common()]
        lines += [f"  {count:5} over a state between: {end}" for end, count in self.further.most_common()]
        lines += [f"  {count:5} held writers up: {what}" for what, count in self.blocking.most_common()]
        return "\n".join([*lines, *self.broken])


async def survey(laboratory: Laboratory, seeds: Iterable[int]) -> Survey:
    """Hold every seed's pair to the laws."""
    found = Survey()
    for seed in seeds:
        await _one(laboratory, seed, found)
    return found


async def _further(laboratory: Laboratory, seed: int, found: Survey) -> None:
    """One change more, from where the pair arrived."""
    pair, first = random_pair(seed), evolve(random_pair(seed))
    second = further(first, seed + 1)
    try:
        met = await meets(laboratory, first, second)
    except Broken as broken:
        found.broken.append(f"{pair}, then those of seed {seed + 1}\n    {broken}")
        return
    found.further["met" if met else "refused on the way"] += 1


async def _one(laboratory: Laboratory, seed: int, found: Survey) -> None:
    pair = random_pair(seed)
    try:
        outcome = await hold(laboratory, evolve(pair))
    except Broken as broken:
        found.ends["broken"] += 1
        if len(found.broken) < _SHRUNK:
            pair = await shrunk(laboratory, pair, str(broken))
            broken = await breaks(laboratory, pair) or broken
        found.broken.append(f"{pair}\n    {broken}")
        return
    found.ends[f"{outcome.what} {outcome.why}".strip()] += 1
    found.operations += outcome.operations
    if seed % EVERY == 0 and outcome.what == "converged":
        await _further(laboratory, seed, found)
    if outcome.back.startswith("none: "):
        found.without[outcome.back.removeprefix("none: ")] += 1
    found.blocking.update(place.partition(": ")[0] for place in outcome.blocking)
