"""Pairs of scripts on a real server: what is planned runs there and back with its rows, everything else is refused."""

import asyncio

import pytest

from bdc.stack import Server
from tests.evolution.laboratory import laboratory
from tests.objects.law import Broken, hold
from tests.objects.pairs import PAIRS


@pytest.mark.postgres
def test_pairs_by_hand(postgres_server: Server) -> None:
    assert not asyncio.run(_broken(postgres_server))


async def _broken(server: Server) -> list[str]:
    found = []
    async with laboratory(server) as place:
        for pair in PAIRS:
            try:
                outcome = await hold(place, pair.before, pair.after, pair.hints)
            except Broken as failure:
                found.append(f"{pair.name}: {failure}")
                continue
            if bool(outcome.refused) != pair.refused:
                found.append(f"{pair.name}: {outcome.refused or 'planned'}")
    return found
