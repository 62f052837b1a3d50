"""Operations compiled by two processes are those that one compiles, helper functions and their names included."""

from pathlib import Path

import pytest

from bdc.cli.compile import compile_spec
from bdc.ir import SystemIR
from bdc.query import compile_queries
from bdc.query.writes import compile as writes

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("spec", ["examples/shop", "tests/systems/guild", "tests/systems/membership"])
def test_the_same_as_in_one(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, system, _ = compile_spec(ROOT / spec)
    assert isinstance(system, SystemIR)
    monkeypatch.setattr(writes, "can_fork", lambda: False)
    alone = compile_queries(system)
    monkeypatch.setattr(writes, "can_fork", lambda: True)
    monkeypatch.setattr(writes, "WORTH_A_PROCESS", 2)
    assert compile_queries(system) == alone
