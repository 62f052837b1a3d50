"""The database refuses more than before only when no old version runs."""

import pytest

from bdc.comparison import Snapshot, compare
from bdc.ir import SystemIR
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from tests.changes.system_edits import SystemEdit
from tests.changes.test_unlike_systems import compiled

# What is edited, and the phases of the operations that speak of `about`.
CASES = (
    ("booking", "asked, confirmed -> cancelled", "asked -> cancelled", "state_machine", ["contract"]),
    ("booking", "confirmed -> over", "asked, confirmed -> over", "state_machine", ["expand"]),
    (
        "booking",
        "asked, confirmed -> cancelled",
        "asked, over -> cancelled",
        "state_machine",
        ["expand", "contract"],
    ),
    ("booking", "beds: int(1..8) = 2\n", "beds: int(1..8) = 2 @immutable\n", "room_immutable", ["contract"]),
    (
        "booking",
        "unique (house, number)",
        "unique (house, number)\n  unique (house, beds)",
        "beds",
        ["contract"],
    ),
    ("meter", "write to reporter }", "write to auditor }", "device_token_grant()", ["contract"]),
    ("meter", "write to reporter }", "write to reporter, auditor }", "device_token_grant()", ["expand"]),
)


def side(system: SystemIR) -> Snapshot:
    state = physical_state(system, compile_queries(system))
    return Snapshot("side", system, reader=lambda: state)


SHORT = [
    pytest.param(*case, marks=() if number in (0, 2, 4) else pytest.mark.long)
    for number, case in enumerate(CASES)
]


@pytest.mark.parametrize(("system", "old", "new", "about", "phases"), SHORT)
def test_what_refuses_more_comes_late(system: str, old: str, new: str, about: str, phases: list[str]) -> None:
    edit = SystemEdit(system, about, old, new, (), "")
    comparison = compare(side(compiled(system)), side(compiled(system, edit)))
    found = [each.phase for each in comparison.operations if about in each.title]
    assert found == phases, [(each.phase, each.title) for each in comparison.operations]
