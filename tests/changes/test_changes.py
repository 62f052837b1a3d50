"""What is said about each change; and that nothing is said about none."""

import pytest

from bdc.changes import changes
from tests.changes.pairs import EDITS, SPEC, Edit, base, compiled, edited


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_a_change_is_said(edit: Edit) -> None:
    assert edit.old in SPEC
    found = {f"{change.code} {change.place}" for change in changes(base(), compiled(edited(edit)))}
    assert set(edit.says) <= found, sorted(found)


def test_nothing_is_said_of_the_same() -> None:
    """Neither of the same text, nor of one whose declarations stand elsewhere."""
    moved = compiled("// a comment that moves every line\n\n" + SPEC)
    assert changes(base(), base()) == ()
    assert changes(base(), moved) == ()
