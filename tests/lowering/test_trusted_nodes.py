"""What the compiler puts into the nodes of the IR has the types that validation would give it: only then may that be left out."""

from pathlib import Path
from typing import Any

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.ir.base import VALIDATING, Node, Origin
from bdc.pipeline import compile_system
from bdc.project import load_project
from bdc.query import compile_queries
from tests.support.sampling import sampled
from tests.support.shop import ROOT

TRUSTED = Node.__init__
SYSTEMS = sorted(
    path
    for folder in ("tests/systems", "examples")
    for path in (ROOT / folder).iterdir()
    if path.is_dir() and any(path.rglob("*.bds"))
)


def alike(one: Any, other: Any) -> bool:
    """Whether two values are equal, with their types; nodes in them were compared when they were made."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[name], other[name]) for name in one)
    return bool(one is other or one == other)


@pytest.mark.parametrize("spec", sampled(SYSTEMS, 8), ids=lambda path: path.name)
def test_validation_would_change_nothing(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    def compared(self: Node, /, **data: Any) -> None:
        nonlocal made
        made += 1
        validated = object.__new__(type(self))
        VALIDATING(validated, **data)
        TRUSTED(self, **data)
        for name, value in self.__dict__.items():
            assert alike(value, validated.__dict__[name]), (type(self).__name__, name, value)

    compared.__pydantic_base_init__ = True  # type: ignore[attr-defined]
    monkeypatch.setattr(Node, "__init__", compared)
    system = compile_system(load_project(spec, DiagnosticSink()).files).system
    assert system is not None and compile_queries(system) and made > 50


def test_members_are_those_of_the_node() -> None:
    with pytest.raises(TypeError, match="Origin needs column"):
        Origin(file="a.bds", line=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Origin has no row"):
        Origin(file="a.bds", line=1, column=2, row=3)  # type: ignore[call-arg]


def test_what_is_read_is_validated() -> None:
    place = Origin(file="a.bds", line=1, column=2)
    assert Origin.model_validate_json(place.model_dump_json()) == place
    with pytest.raises(ValueError, match="2 validation errors"):
        Origin.model_validate({"file": "a.bds", "line": "x", "row": 3, "column": 2})
