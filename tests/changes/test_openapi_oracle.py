"""No breaking change of the OpenAPI documents is missed, and none is made up."""

from functools import cache
from typing import Any

import pytest

from bdc.changes import Change, Severity, changes
from bdc_emitters.openapi.document import build
from tests.changes.openapi_facts import Fact, facts
from tests.changes.pairs import EDITS, SPEC, Edit, compiled, edited, random_texts
from tests.support.sampling import sampled


@cache
def document(text: str) -> dict[str, Any]:
    return build(compiled(text))


def grave(old: str, new: str) -> list[Change]:
    found = changes(compiled(old), compiled(new))
    return [
        change
        for change in found
        if change.code.startswith("rest.") and change.severity is not Severity.COMPATIBLE
    ]


def says(change: Change, fact: Fact) -> bool:
    """Whether a change is about what the oracle has found."""
    if fact.strict and change.severity is not Severity.BREAKING and change.code != "rest.property-masked":
        return False
    if change.place == fact.place:
        return True
    if change.code == "rest.error-renamed":
        where, _, code = fact.place.rpartition(" ")
        return change.place.startswith(where) and f"`{code}`" in change.message
    if change.code == "rest.page-kind-changed":
        return fact.kind in ("property removed", "parameter removed") and fact.place.startswith(change.place)
    if change.code == "rest.filter-removed" and change.place.endswith("?_can"):
        return fact.kind == "property removed" and fact.place.endswith("._can")
    if change.code == "behaviour.constraint-error-changed":
        code = fact.place.rpartition(" ")[2].replace("-", "")
        return fact.kind == "error added" and f" {code} " in change.message.lower()
    if change.code == "rest.base-path-changed":
        return fact.kind == "operation removed"
    if change.code == "rest.auth-removed":
        return fact.kind == "security removed"
    if change.code == "rest.etag-removed":
        return fact.kind in ("header removed", "parameter removed") and fact.place.endswith(
            ("ETag", "If-Match")
        )
    if change.code == "rest.expand-removed":
        return fact.kind in ("property removed", "parameter removed") and _included(change, fact)
    gone = {
        "rest.sort-removed": "?sort",
        "rest.search-removed": "?q",
        "rest.idempotency-removed": "Idempotency-Key",
    }
    return fact.kind == "parameter removed" and fact.place.endswith(gone.get(change.code, "nothing"))


def _included(change: Change, fact: Fact) -> bool:
    return (
        fact.place.endswith("?expand")
        or change.place.rpartition("=")[2].split(".")[-1] == fact.place.rpartition(".")[2]
    )


def missed(old: str, new: str) -> list[Fact]:
    found = grave(old, new)
    return sorted(
        fact
        for fact in facts(document(old), document(new))
        if not any(says(change, fact) for change in found)
    )


@pytest.mark.parametrize("edit", sampled(EDITS, 3), ids=lambda edit: edit.name)
def test_nothing_is_missed(edit: Edit) -> None:
    """Forwards and backwards."""
    assert missed(SPEC, edited(edit)) == []
    assert missed(edited(edit), SPEC) == []


@pytest.mark.parametrize("seed", sampled(range(8), 4))
def test_nothing_is_missed_among_several(seed: int) -> None:
    assert missed(*random_texts(seed)) == []


def shown(change: Change) -> bool:
    """Whether the documents can show it: what comes along with a relation is described where the related row is."""
    return change.code != "rest.expand-removed" or "." not in change.place.rpartition("=")[2]


@pytest.mark.parametrize("edit", sampled(EDITS, 3), ids=lambda edit: edit.name)
def test_nothing_is_made_up(edit: Edit) -> None:
    """Every breaking change is one that the documents show."""
    for old, new in ((SPEC, edited(edit)), (edited(edit), SPEC)):
        seen = facts(document(old), document(new))
        found = [
            change for change in grave(old, new) if change.severity is Severity.BREAKING and shown(change)
        ]
        assert [change for change in found if not any(says(change, fact) for fact in seen)] == []


def test_the_oracle_can_fail() -> None:
    """It finds what breaks in a pair where nothing is said."""
    old, new = document(SPEC), document(edited(EDITS[0]))
    assert Fact("operation removed", "DELETE /v1/customers/{id}") in facts(old, new)
