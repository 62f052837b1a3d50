"""Roles by relation reach rows through rules: a rule that goes takes the role's cells with it, and that is access lost."""

from bdc.changes import changes
from bdc.ir import SystemIR
from tests.changes.test_every_member import compiled_system
from tests.support.specs import ROOT


def without_policy(system: SystemIR, entity: str) -> SystemIR:
    kept = {name: getattr(system, name) for name in SystemIR.model_fields}
    kept["policies"] = tuple(policy for policy in system.policies if policy.entity != entity)
    return SystemIR.model_construct(**kept)


def test_a_role_that_no_rule_leads_to_any_more_has_lost_access() -> None:
    whole = compiled_system(ROOT / "tests" / "systems" / "membership")
    less = without_policy(whole, "Invitation")
    lost = {change.place for change in changes(whole, less) if change.code == "policy.access-lost"}
    gained = {change.place for change in changes(less, whole) if change.code == "policy.access-gained"}
    assert "Invitation.read owner" in lost and lost == gained


def test_a_denial_to_a_role_that_may_nothing_by_itself_is_felt_beside_another() -> None:
    whole = compiled_system(ROOT / "tests" / "systems" / "membership")
    kept = {name: getattr(whole, name) for name in SystemIR.model_fields}
    kept["policies"] = tuple(
        policy.model_copy(update={"rules": tuple(rule for rule in policy.rules if rule.effect == "allow")})
        for policy in whole.policies
    )
    free = SystemIR.model_construct(**kept)
    place = "Membership.delete user with another role"
    assert ("policy.access-widened", place) in {(each.code, each.place) for each in changes(whole, free)}
    assert ("policy.access-narrowed", place) in {(each.code, each.place) for each in changes(free, whole)}
