"""The rules of the OpenAPI oracle on edits of systems that are unlike each other, forwards and back."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bdc.changes import Change, Severity, changes
from bdc_emitters.openapi.document import build
from tests.changes.openapi_facts import facts
from tests.changes.system_edits import EDITS, SystemEdit
from tests.changes.test_openapi_oracle import says, shown
from tests.changes.test_unlike_systems import compiled

HERE = Path(__file__).parent


@cache
def document(system: str, edit: SystemEdit | None) -> dict[str, Any]:
    return build(compiled(system, edit))


def disagreements(edit: SystemEdit, *, back: bool) -> set[tuple[str, str]]:
    """Return what one side says of a pair and the other does not, by edit and place."""
    sides = (edit, None) if back else (None, edit)
    seen = facts(*(document(edit.system, side) for side in sides))
    found = _grave(changes(*(compiled(edit.system, side) for side in sides)))
    missed = {fact.place for fact in seen if not any(says(change, fact) for change in found)}
    breaking = [each for each in found if each.severity is Severity.BREAKING and _documented(each)]
    made_up = {change.place for change in breaking if not any(says(change, fact) for fact in seen)}
    name = f"{edit.system}: {edit.name}{' taken back' if back else ''}"
    return {(name, place) for place in missed | made_up}


def _grave(found: tuple[Change, ...]) -> list[Change]:
    named = ("rest.", "behaviour.constraint-error-")
    return [
        change
        for change in found
        if change.code.startswith(named) and change.severity is not Severity.COMPATIBLE
    ]


def _documented(change: Change) -> bool:
    """Whether the documents can show it. The code of a constraint is among those of an operation, so that a lost one may have another cause."""
    return change.code.startswith("rest.") and shown(change)


@pytest.mark.long
def test_nothing_is_missed_and_nothing_is_made_up() -> None:
    found = {each for edit in EDITS for back in (False, True) for each in disagreements(edit, back=back)}
    listed = tomllib.loads((HERE / "disagreements.toml").read_text(encoding="utf-8")).get("disagreement", [])
    assert found == {(each["edit"], each["place"]) for each in listed if each["tool"] == "openapi"}
