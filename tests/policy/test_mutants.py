"""The emitted tests notice a layer that enforces other rules than the specification's: see `tests.policy.mutants`."""

from pathlib import Path

import pytest

from bdc.policy.layers import Layer
from bdc.stack import Server
from tests.policy.mutants import Mutant, Trial, batches, layers, survivors
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
def test_a_skipped_mask_is_noticed(postgres_server: Server, tmp_path: Path) -> None:
    """One mutant of the long run, where it is known which test is about it and that the layer holds without it."""
    mask = next(
        each for each in mutations(compiled(WARD)[1]) if (each.operator, each.side) == ("skip a mask", "read")
    )
    mutant = Mutant(WARD, Layer.READS, mask, (f"test_reading[{mask.entity}.{mask.field}-",))
    (batch,) = batches([mutant])
    assert not list(Trial(postgres_server, tmp_path, trusted=True).survivors(batch))


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1])
def test_no_mutant_survives(seed: int, postgres_server: Server, tmp_path: Path) -> None:
    alive = survivors(postgres_server, tmp_path, seed, count=60)
    assert not alive, "\n".join(map(str, alive))
