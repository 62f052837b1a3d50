"""The real histories, step by step: our plan ends where people's own SQL ended, with the rows, and holds no writer up."""

import asyncio
from collections import Counter

import pytest

from bdc.stack import Server
from tests.evolution.histories import HISTORIES, migrations
from tests.evolution.laboratory import laboratory
from tests.evolution.walking import Step, walk

REFUSED_AT_MOST = 0.02


def test_the_histories_are_whole() -> None:
    assert {product: len(migrations(product)) for product in HISTORIES} == HISTORIES


@pytest.mark.long
@pytest.mark.postgres
def test_a_short_history(postgres_server: Server) -> None:
    _judge("umami", asyncio.run(_walk(postgres_server, "umami")))


@pytest.mark.long
@pytest.mark.postgres
def test_all_histories(postgres_server: Server) -> None:
    steps = [step for product in HISTORIES for step in asyncio.run(_walk(postgres_server, product))]
    assert len(steps) == sum(HISTORIES.values())
    _judge("all", steps)


async def _walk(server: Server, product: str) -> list[Step]:
    async with laboratory(server) as place:
        return [step async for step in walk(place, product)]


def _judge(name: str, steps: list[Step]) -> None:
    """Where rows stand in the way, they stood in people's way as well."""
    ends = Counter(step.outcome.what for step in steps)
    stopped = [
        step
        for step in steps
        if step.outcome.what in ("refused", "stopped") or (step.outcome.what == "held" and not step.by_hand)
    ]
    said = "\n".join(
        f"{step.name}: {step.outcome.what} {step.outcome.why} ({step.by_hand})"
        for step in steps
        if step.outcome.why
    )
    blocking = [f"{step.name}: {place}" for step in steps for place in step.outcome.blocking]
    print(f"{name}: {dict(ends)}, {len(blocking)} blocking\n{said}")
    assert not ends["wrong"], said
    assert not blocking
    assert len(stopped) <= REFUSED_AT_MOST * len(steps), said
