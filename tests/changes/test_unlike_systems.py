"""Edits of systems that are unlike each other: what is said, how grave it is, and whether the gate lets it pass."""

from datetime import date
from functools import cache

import pytest

from bdc.changes import Change, Severity, changes
from bdc.changes.scale import worst
from bdc.comparison import Snapshot, compare, judge
from bdc.comparison.verdict import verdict
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from tests.changes.system_edits import EDITS, SystemEdit
from tests.support.specs import ROOT

TODAY = date(2026, 11, 30)


@cache
def text(system: str) -> str:
    (path,) = sorted((ROOT / "tests" / "systems" / system).glob("*.bds"))
    return path.read_text(encoding="utf-8")


@cache
def compiled(system: str, edit: SystemEdit | None = None) -> SystemIR:
    source = text(system)
    if edit is not None:
        assert source.count(edit.old) >= 1, edit
        source = source.replace(edit.old, edit.new, 1)
    found = compile_system([SourceFile(f"{system}.bds", source)])
    assert found.system is not None, found.diagnostics
    return found.system


def found(edit: SystemEdit) -> tuple[Change, ...]:
    return changes(compiled(edit.system), compiled(edit.system, edit))


def _name(edit: SystemEdit) -> str:
    return f"{edit.system}: {edit.name}"


SHORT = [
    pytest.param(edit, marks=() if number % 4 == 1 else pytest.mark.long) for number, edit in enumerate(EDITS)
]


@pytest.mark.parametrize("edit", SHORT, ids=[_name(edit) for edit in EDITS])
def test_an_edit_gets_its_verdict(edit: SystemEdit) -> None:
    told = {f"{change.code} {change.place}" for change in found(edit)}
    assert set(edit.says) <= told, sorted(told)
    gravest = worst([change.severity for change in found(edit)])
    assert (gravest.value if gravest else "none") == edit.worst, sorted(told)


def test_access_is_said_with_role_action_surface_and_an_example() -> None:
    edit = next(each for each in EDITS if each.name == "access narrowed")
    (change,) = (each for each in found(edit) if each.code == "policy.access-narrowed")
    assert change.access is not None
    assert change.access.roles == ("booker",) and change.access.action == "cancel"
    assert "POST /v1/bookings/{id}/cancel" in change.access.surfaces
    assert dict(change.access.example)["state"] in ("confirmed", "cancelled", "over")
    assert not change.security and change.severity is Severity.BREAKING


def test_access_that_is_gained_is_a_security_finding() -> None:
    for edit in EDITS[1::4]:
        for change in found(edit):
            if change.surface == "policy" and change.code.endswith(("gained", "widened")):
                assert change.security, change


@pytest.mark.long
@pytest.mark.parametrize("edit", EDITS, ids=_name)
def test_the_gate(edit: SystemEdit) -> None:
    """A compatible or risky edit passes whatever the database has to do for it; a breaking one fails."""
    sides = []
    for system in (compiled(edit.system), compiled(edit.system, edit)):
        state = physical_state(system, compile_queries(system))
        sides.append(Snapshot("side", system, reader=lambda state=state: state))  # type: ignore[misc]
    comparison = compare(*sides)
    judgement = judge((), comparison.changes, comparison.operations, TODAY)
    if not comparison.refusals:
        assert verdict(comparison, judgement, "breaking").fails is not edit.passes
