"""Pairs of scripts that others wrote converge with rows, both ways; none ends half-way or wrong."""

from collections import Counter

import pytest

from bdc.stack.loading import scratch
from bdc.stack.shared import sharing
from tests.scripts.outcome import GOOD, outcome
from tests.scripts.pairs import PAIRS

_SLICES = 10
_NEVER = {"half-way", "wrong", "not proven"}
# Scripts that stand on what their own project makes first: an extension, a role, a table.
_NO_SCRIPT = 0.05
_GOOD = 0.92


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("number", range(_SLICES))
def test_pairs_converge(number: int) -> None:
    with sharing(), scratch() as fresh:
        found = [outcome(pair, fresh) for pair in PAIRS[number::_SLICES]]
    said = "\n".join(str(each) for each in found if each.end not in GOOD)
    ends = Counter(each.end for each in found)
    print(f"{dict(ends)}\n{said}")
    assert not _NEVER & ends.keys(), said
    run = len(found) - ends["script"]
    assert ends["script"] <= _NO_SCRIPT * len(PAIRS), said
    assert sum(ends[end] for end in GOOD) >= _GOOD * run - 1, said
