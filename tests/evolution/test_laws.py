"""Plans between random states, held to the laws on a real server (more of them in `make test-long`)."""

import asyncio
import os
import subprocess
import sys

import pytest

from bdc.stack import Server
from tests.evolution.laboratory import laboratory
from tests.evolution.survey import Survey, survey
from tests.support.shop import ROOT

FEW, MANY = range(100), range(1000, 3000)


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
def test_a_hundred_pairs(postgres_server: Server) -> None:
    _judge(asyncio.run(_survey(postgres_server, FEW)))


@pytest.mark.long
@pytest.mark.postgres
def test_two_thousand_pairs(postgres_server: Server) -> None:
    _judge(asyncio.run(_survey(postgres_server, MANY)))


async def _survey(server: Server, seeds: range) -> Survey:
    async with laboratory(server) as place:
        return await survey(place, seeds)


def _judge(found: Survey) -> None:
    """No pair ends anywhere but where it should, or says why it does not go; nine in ten go."""
    print(found)
    assert not found.broken, str(found)
    assert found.ends["converged"] >= 0.9 * found.count, str(found)
