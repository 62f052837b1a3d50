"""The emitted tests notice a layer that enforces other rules than the specification's: see `tests.policy.mutants`."""

from pathlib import Path

import pytest

from bdc.stack import Server
from tests.policy.mutants import layers, survivors
from tests.policy.mutations import mutations
from tests.runtime.ward_world import SPEC as WARD
from tests.support.emitted import compiled

OPERATORS = {
    "drop a conjunct",
    "make it true",
    "widen roles",
    "skip a mask",
    "swap the owner",
    "drop a tenant term",
}


def test_every_operator_has_sites_in_every_layer() -> None:
    found = [(each, layer) for each in mutations(compiled(WARD)[1]) for layer in layers(each)]
    assert {each.operator for each, _ in found} == OPERATORS
    assert {layer for _, layer in found} == {"reads", "writes", "rows", "triggers", "permissions"}


@pytest.mark.postgres
def test_a_sample_of_mutants_is_noticed(postgres_server: Server, tmp_path: Path) -> None:
    assert not survivors(postgres_server, tmp_path, seed=7, count=2, specs=(WARD,))


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1])
def test_no_mutant_survives(seed: int, postgres_server: Server, tmp_path: Path) -> None:
    alive = survivors(postgres_server, tmp_path, seed, count=60)
    assert not alive, "\n".join(map(str, alive))
