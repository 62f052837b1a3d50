"""A pair that breaks a law, made as small as it still breaks it."""

from collections.abc import Awaitable, Callable

from tests.evolution.laboratory import Laboratory
from tests.evolution.laws import Broken, hold
from tests.evolution.pairs import Evolved, Pair, smaller

Meaning = Callable[[Pair], Evolved]


async def breaks(laboratory: Laboratory, pair: Pair, mean: Meaning) -> Broken | None:
    """Return the law that the pair breaks, None when it keeps all."""
    try:
        await hold(laboratory, mean(pair))
    except Broken as broken:
        return broken
    return None


async def smallest(pair: Pair, still: Callable[[Pair], Awaitable[bool]]) -> Pair:
    """Leave out edits, one after the other, as long as `still` is true of what is left."""
    for less in smaller(pair):
        if await still(less):
            return await smallest(less, still)
    return pair


async def shrunk(laboratory: Laboratory, pair: Pair, law: str, mean: Meaning) -> Pair:
    """Return the smallest pair that breaks the same law (its first word)."""

    async def still(less: Pair) -> bool:
        found = await breaks(laboratory, less, mean)
        return found is not None and str(found).partition(":")[0] == law.partition(":")[0]

    return await smallest(pair, still)
