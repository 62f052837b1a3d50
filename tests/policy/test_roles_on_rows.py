"""A role on rows that extends others: each rule about its rows that names one of those names it too."""

from bdc.ir import PolicyRule
from tests.support.emitted import compiled
from tests.support.specs import ROOT


def _rules() -> dict[tuple[str, str], PolicyRule]:
    _, system = compiled(ROOT / "tests" / "systems" / "parcels")
    policy = system.policy("Parcel")
    assert policy is not None
    return {(rule.effect, action): rule for rule in policy.rules for action in rule.actions}


def test_rules_count_for_what_extends_their_roles() -> None:
    rules = _rules()
    assert rules["allow", "read"].roles == ("desk", "sender", "carrier")
    assert rules["allow", "create"].roles == ("sender", "carrier")
    assert rules["allow", "delete"].roles == ("boss", "carrier")
    assert rules["deny", "delete"].roles == ("sender", "carrier")


def test_no_claim_carries_them() -> None:
    _, system = compiled(ROOT / "tests" / "systems" / "parcels")
    assert system.role("desk").granted_by == ("desk", "boss")
    assert system.role("sender").granted_by == ()


def test_rules_of_fields_too() -> None:
    _, system = compiled(ROOT / "tests" / "systems" / "parcels")
    policy = system.policy("Parcel")
    assert policy is not None
    (price,) = policy.fields
    assert price.read is not None and price.read.roles == ("boss", "desk", "sender", "carrier")
    assert price.write is not None and price.write.roles == ("boss", "carrier")
