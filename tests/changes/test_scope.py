"""What is left out of a comparison makes no difference to it."""

import pytest

from bdc.changes.change import Change
from bdc.changes.compare import surfaces
from bdc.changes.reduce import Scope, scope_of
from bdc.changes.sides import Sides, renames_of
from tests.changes.pairs import EDITS, SPEC, Edit, base, compiled, edited, random_texts


def with_and_without(old: str, new: str) -> tuple[set[Change], set[Change]]:
    before, after = compiled(old), compiled(new)
    sides = Sides(before, after, renames_of(before, after))
    whole = Scope(
        sides, sides, frozenset(entity.name for each in (before, after) for entity in each.entities)
    )
    return tuple(
        {change for found in surfaces(scope) for change in found} for scope in (scope_of(sides), whole)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_the_same_is_found_with_less(edit: Edit) -> None:
    for old, new in ((SPEC, edited(edit)), (edited(edit), SPEC)):
        less, whole = with_and_without(old, new)
        assert less == whole


@pytest.mark.parametrize("seed", range(8))
def test_the_same_is_found_with_less_among_several(seed: int) -> None:
    less, whole = with_and_without(*random_texts(seed))
    assert less == whole


def test_something_is_left_out() -> None:
    """Else the law would say nothing."""
    edit = next(edit for edit in EDITS if edit.name == "nested input removed")
    scope = scope_of(Sides(base(), compiled(edited(edit)), renames_of(base(), base())))
    assert {resource.entity for resource in scope.less.new.apis[0].resources} == {"Order"}
    assert scope.less.new.apis[0].operations == ()
