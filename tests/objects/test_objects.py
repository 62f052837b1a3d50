"""Pairs of scripts on a real server: what is planned runs there and back with its rows, everything else is refused."""

import asyncio
from collections.abc import Iterator

import pytest

from bdc.plan import Hints
from bdc.stack import Server
from tests.evolution.laboratory import laboratory
from tests.objects.generator import pairs
from tests.objects.law import Broken, Invalid, hold
from tests.objects.pairs import PAIRS

FEW, MANY = range(10), range(1000, 2000)
Case = tuple[str, str, str, Hints, bool | None]


def by_hand() -> Iterator[Case]:
    return ((each.name, each.before, each.after, each.hints, each.refused) for each in PAIRS)


def by_chance(seeds: range) -> Iterator[Case]:
    return ((f"seed {seed}", before, after, hints, None) for seed, before, after, hints in pairs(seeds))


@pytest.mark.postgres
def test_pairs_by_hand(postgres_server: Server) -> None:
    planned, refused, broken = asyncio.run(_hold(postgres_server, by_hand()))
    assert not broken
    assert refused < planned


@pytest.mark.postgres
def test_pairs_by_chance(postgres_server: Server) -> None:
    _judge(asyncio.run(_hold(postgres_server, by_chance(FEW))))


@pytest.mark.long
@pytest.mark.postgres
def test_a_thousand_pairs_by_chance(postgres_server: Server) -> None:
    _judge(asyncio.run(_hold(postgres_server, by_chance(MANY))))


def _judge(found: tuple[int, int, list[str]]) -> None:
    """No pair ends half-way; nearly all of them go."""
    planned, refused, broken = found
    assert not broken, "\n".join(broken)
    assert refused <= 0.03 * (planned + refused)


async def _hold(server: Server, cases: Iterator[Case]) -> tuple[int, int, list[str]]:
    planned, refused, broken = 0, 0, list[str]()
    async with laboratory(server) as place:
        for name, before, after, hints, wanted in cases:
            try:
                outcome = await hold(place, before, after, hints)
            except Invalid as failure:
                assert wanted is None, f"{name}: {failure}"
                continue
            except Broken as failure:
                broken.append(f"{name}: {failure}")
                continue
            planned, refused = planned + (not outcome.refused), refused + bool(outcome.refused)
            if wanted is not None and bool(outcome.refused) != wanted:
                broken.append(f"{name}: {outcome.refused or 'planned'}")
    return planned, refused, broken
