"""Systems that have nothing in common are compared too: all of one goes, all of the other comes."""

import pytest

from bdc.changes import Severity, changes
from bdc.changes.scale import worst
from tests.changes.test_every_member import SYSTEMS, compiled_system
from tests.support.specs import ROOT

PAIRS = tuple(zip(SYSTEMS, (*SYSTEMS[1:], SYSTEMS[0]), strict=True))
SHORT = [
    pytest.param(*pair, marks=() if number == 9 else pytest.mark.long) for number, pair in enumerate(PAIRS)
]


@pytest.mark.parametrize(("old", "new"), SHORT)
def test_strangers_are_compared(old: str, new: str) -> None:
    sides = [compiled_system(ROOT / "tests" / "systems" / name) for name in (old, new)]
    for before, after in (sides, reversed(sides)):
        assert worst([change.severity for change in changes(before, after)]) is Severity.BREAKING
