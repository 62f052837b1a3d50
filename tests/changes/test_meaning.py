"""Conditions are compared by the rows that they accept."""

import pytest

from bdc.changes.meaning import decide, implies
from bdc.ir import Expr
from tests.changes.pairs import SPEC, compiled

RULE = "allow update to member when old.status in [draft, placed]"
STATUS = ("draft", "placed", "cancelled")


def condition(text: str) -> Expr:
    system = compiled(SPEC.replace(RULE, f"allow update to member when {text}"))
    policy = system.policy("Order")
    assert RULE in SPEC and policy is not None
    return next(rule.condition for rule in policy.rules if rule.condition is not None)


def values(enum: str) -> tuple[str, ...]:
    return {"Status": STATUS, "Tier": ("standard", "gold")}.get(enum, ())


SAME = (
    ("old.status in [draft, placed]", "old.status in [placed, draft]"),
    ("old.status in [draft, placed]", "old.status != cancelled"),
    ("old.status in [draft, placed]", "not (old.status == cancelled)"),
    ("old.amount > 100", "100 < old.amount"),
    ("not (not (old.status == draft))", "old.status == draft"),
    ("old.amount > 1 and old.count > 2", "2 < old.count and old.amount > 1"),
    ("old.amount > 1 or old.amount > 5", "old.amount > 1"),
    ("old.count >= 1", "old.count > 0"),
    ("exists l in old.lines where (l.quantity > 5)", "exists k in old.lines where (5 < k.quantity)"),
    (
        "exists l in old.lines where (l.quantity > 5 or l.quantity < 2)",
        "exists l in old.lines where (l.quantity > 5) or exists l in old.lines where (l.quantity < 2)",
    ),
)
# The second accepts less: an example of what it no longer does.
NARROWER = (
    ("old.status in [draft, placed]", "old.status == draft", {"old.status": "placed"}),
    ("old.amount > 50", "old.amount > 100", {"old.amount": "100"}),
    ("old.note == null or old.amount > 3", "old.note == null", {"old.amount": "4", "old.note": "another 1"}),
    (
        "old.amount > 5",
        "old.customer.tier == gold and old.amount > 5",
        {"old.customer.tier": "standard", "old.amount": "6"},
    ),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_means_the_same_is_the_same(one: str, other: str) -> None:
    assert decide(condition(one), condition(other), values).same
    assert decide(condition(other), condition(one), values).same


@pytest.mark.parametrize(("wide", "narrow", "example"), NARROWER)
def test_what_is_lost_has_an_example(wide: str, narrow: str, example: dict[str, str]) -> None:
    found = decide(condition(wide), condition(narrow), values)
    assert found.gained is None and not found.undecided and dict(found.lost or ()) == example
    assert implies(condition(narrow), condition(wide), values)
    assert not implies(condition(wide), condition(narrow), values)


def test_exists_is_compared_by_what_it_asks_of_a_row() -> None:
    some, more = (condition(f"exists l in old.lines where (l.quantity > {least})") for least in (5, 3))
    assert implies(some, more) and not implies(more, some)


def test_what_cannot_be_decided_says_so() -> None:
    found = decide(condition("old.amount > 100"), condition("old.amount * 2 > 200"), values)
    assert "`2 * old.amount`" in found.undecided and found.lost is None and found.gained is None
    assert not implies(condition("old.amount > 100"), condition("old.amount * 2 > 200"))


def test_a_calculation_that_stays_the_same_decides_nothing() -> None:
    one, other = (
        condition(f"old.amount * 2 > 100 and old.status {rest}") for rest in ("== draft", "!= cancelled")
    )
    assert implies(one, other, values) and not decide(one, other, values).undecided
