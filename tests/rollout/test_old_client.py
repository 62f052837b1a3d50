"""A client of the old version meets the new service: it sees the breaks that were announced, and no other.

The client is made of the old version's emitted tests: they try every documented operation, for every role and row, over SQL, REST and
GraphQL. They run against the new version's code and database.
"""

import re
import shutil
from pathlib import Path

import pytest

from bdc.changes import Change, Severity, changes
from tests.changes.system_edits import EDITS, SystemEdit
from tests.changes.test_unlike_systems import compiled, text
from tests.support.emitted import build, run_tests
from tests.support.specs import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.long]
SYSTEMS = ROOT / "tests" / "systems"
COMPATIBLE = (
    "ledger: bound turned round",
    "ledger: argument that may be left out",
    "harbour: optional field",
    "market: double negation",
    "relay: transition added",
)
# Breaks, and what is in the names of tests that meet them; empty where the rows of the emitted tests stay within the new bounds.
BREAKING = (
    ("booking: access lost", "[Booking-create]"),
    ("ledger: field read by fewer", "[Transfer.fee-"),
    ("ledger: bound lowered", ""),
    ("booking: error of the system", ""),
)
_CELL = re.compile(r"\[(\w+)-(\w+)\]$")


def edit_of(name: str) -> SystemEdit:
    return next(edit for edit in EDITS if f"{edit.system}: {edit.name}" == name)


def failures(edit: SystemEdit, place: Path) -> set[str]:
    """Return the tests of the old version that fail against the new one."""
    sides = {"old": text(edit.system), "new": text(edit.system).replace(edit.old, edit.new, 1)}
    for side, source in sides.items():
        spec = Path(shutil.copytree(SYSTEMS / edit.system, place / f"{side}-spec"))
        (spec / f"{edit.system}.bds").write_text(source, encoding="utf-8")
        build(spec, place / side)
    shutil.rmtree(place / "new" / "tests")
    shutil.copytree(place / "old" / "tests", place / "new" / "tests")
    results = run_tests(place / "new").results
    return {name for name, result in results.items() if result == "failed"}


def announced(edit: SystemEdit) -> tuple[Change, ...]:
    found = changes(compiled(edit.system), compiled(edit.system, edit))
    return tuple(change for change in found if change.severity is Severity.BREAKING)


def is_announced(failure: str, breaks: tuple[Change, ...]) -> bool:
    """A cell of the permission matrix is announced by its entity and action; anything else by any break."""
    cell = _CELL.search(failure)
    if cell is None or not any(change.surface == "policy" for change in breaks):
        return bool(breaks)
    return any(change.place.startswith(f"{cell[1]}.{cell[2]} ") for change in breaks)


@pytest.mark.parametrize("name", COMPATIBLE)
def test_an_old_client_does_not_notice_a_compatible_change(name: str, tmp_path: Path) -> None:
    edit = edit_of(name)
    assert announced(edit) == ()
    assert failures(edit, tmp_path) == set()


@pytest.mark.parametrize(("name", "cell"), BREAKING)
def test_an_old_client_sees_what_was_announced(name: str, cell: str, tmp_path: Path) -> None:
    edit = edit_of(name)
    breaks, seen = announced(edit), failures(edit, tmp_path)
    assert breaks and all(is_announced(failure, breaks) for failure in seen)
    assert any(cell in failure for failure in seen) or not cell
