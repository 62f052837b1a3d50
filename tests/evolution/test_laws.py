"""Plans between random states, and between what random texts mean, held to the laws on a real server (more of them in `make test-long`)."""

import asyncio
import os
import subprocess
import sys

import pytest

from bdc.stack import Server
from tests.evolution.laboratory import laboratory
from tests.evolution.survey import STATES, TEXTS, Kind, Survey, survey
from tests.support.shop import ROOT

FEW, MANY = range(40), range(1000, 2000)
FEW_TEXTS, MANY_TEXTS = range(20), range(1000, 2000)


_PRINT = """
from bdc.plan import plan
from tests.evolution.pairs import evolve, random_pair
for seed in range(40):
    pair = evolve(random_pair(seed))
    print(plan(pair.old, pair.new, pair.hints).model_dump_json())
"""


def test_a_plan_is_the_same_whatever_hashes_are() -> None:
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _PRINT]
        found.add(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)
    assert len(found) == 1


@pytest.mark.postgres
def test_pairs_of_states(postgres_server: Server) -> None:
    _judge(asyncio.run(_survey(postgres_server, FEW, STATES)))


@pytest.mark.postgres
def test_pairs_of_texts(postgres_server: Server) -> None:
    _judge(asyncio.run(_survey(postgres_server, FEW_TEXTS, TEXTS)))


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize(("seeds", "kind"), [(MANY, STATES), (MANY_TEXTS, TEXTS)], ids=["states", "texts"])
def test_a_thousand_pairs(postgres_server: Server, seeds: range, kind: Kind) -> None:
    _judge(asyncio.run(_survey(postgres_server, seeds, kind)))


async def _survey(server: Server, seeds: range, kind: Kind) -> Survey:
    async with laboratory(server) as place:
        return await survey(place, seeds, kind)


def _judge(found: Survey) -> None:
    """No pair ends anywhere but where it should, or says why it does not go; nine in ten go."""
    print(found)
    assert not found.broken, str(found)
    assert found.ends["converged"] >= 0.9 * found.count, str(found)
