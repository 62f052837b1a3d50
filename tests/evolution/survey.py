"""Many pairs, and what became of them: counts that can be read, and the smallest pair for every law that was broken."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bdc.plan import Operation
from bdc.verification import squawk
from tests.evolution.laboratory import Laboratory
from tests.evolution.laws import Broken, hold, meets
from tests.evolution.pairs import Pair, evolve, further, random_pair
from tests.evolution.shrinking import Meaning, breaks, shrunk
from tests.evolution.texts.meaning import mean
from tests.evolution.texts.pairs import random_texts

EVERY = 5  # every fifth pair goes one change further
_SHRUNK = 3  # as many broken pairs are made small; that takes time


@dataclass(frozen=True)
class Kind:
    """What pairs are of, and how one is made from a seed. `goes_on`: whether there is a next change."""

    random: Callable[[int], Pair]
    mean: Meaning
    goes_on: bool


STATES = Kind(random_pair, evolve, goes_on=True)
TEXTS = Kind(random_texts, mean, goes_on=False)


@dataclass
class Survey:
    """`ends`: how many pairs ended how; `without`: why the way back is not there; `further`: how those ended that went
    one change further; `broken`: what broke a law."""

    ends: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    blocking: Counter[str] = field(default_factory=Counter)
    further: Counter[str] = field(default_factory=Counter)
    plans: dict[str, tuple[Operation, ...]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.ends.total()

    def __str__(self) -> str:
        lines = [f"{self.count} pairs, {sum(map(len, self.plans.values()))} operations"]
        lines += [f"  {count:5} {end}" for end, count in self.ends.most_common()]
        lines += [f"  {count:5} without a way back: {why}" for why, count in self.without.most_common()]
        lines += [f"  {count:5} over a state between: {end}" for end, count in self.further.most_common()]
        lines += [f"  {count:5} held writers up: {what}" for what, count in self.blocking.most_common()]
        return "\n".join([*lines, *self.broken])


async def survey(laboratory: Laboratory, seeds: Iterable[int], kind: Kind) -> Survey:
    """Hold every seed's pair to the laws, and all plans to what a linter of migrations says."""
    found = Survey()
    for seed in seeds:
        await _one(laboratory, seed, kind, found)
    found.broken += _linted(found.plans)
    return found


def _linted(plans: dict[str, tuple[Operation, ...]]) -> list[str]:
    program = squawk.program()
    assert program is not None, "squawk is not installed"
    said = squawk.findings_of_all(program, list(plans.values()))
    return [
        f"{pair}\n    squawk: {'; '.join(lines)}" for pair, lines in zip(plans, said, strict=True) if lines
    ]


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


async def _one(laboratory: Laboratory, seed: int, kind: Kind, found: Survey) -> None:
    pair = kind.random(seed)
    try:
        outcome = await hold(laboratory, kind.mean(pair))
    except Broken as broken:
        found.ends["broken"] += 1
        if len(found.broken) < _SHRUNK:
            pair = await shrunk(laboratory, pair, str(broken), kind.mean)
            broken = await breaks(laboratory, pair, kind.mean) or broken
        found.broken.append(f"{pair}\n    {broken}")
        return
    found.ends[f"{outcome.what} {outcome.why}".strip()] += 1
    found.plans[str(pair)] = outcome.operations
    if kind.goes_on and seed % EVERY == 0 and outcome.what == "converged":
        await _further(laboratory, seed, found)
    if outcome.back.startswith("none: "):
        found.without[outcome.back.removeprefix("none: ")] += 1
    found.blocking.update(place.partition(": ")[0] for place in outcome.blocking)
