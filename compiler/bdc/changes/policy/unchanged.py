"""Whether two sides have the same rules, told without working out what the rules mean."""

from collections.abc import Iterator

from bdc.changes.sides import Sides
from bdc.ir import SystemIR


def same_rules(sides: Sides) -> bool:
    """Whether everything that the permission matrix is made from is the same on both sides, wherever it is written."""
    old, new = sides.old, sides.new
    return (
        len(old.policies) == len(new.policies)
        and all(before == after for before, after in zip(_parts(old), _parts(new), strict=False))
        and _counts(old) == _counts(new)
    )


def _counts(system: SystemIR) -> tuple[int, ...]:
    return (len(system.roles), len(system.entities), sum(len(policy.rules) for policy in system.policies))


def _parts(system: SystemIR) -> Iterator[object]:
    yield tuple(
        (entity.name, field.name) for entity in system.entities for field in entity.fields if field.hidden
    )
    for role in system.roles:
        yield (role.name, role.granted_by, role.entity, role.condition)
    for policy in system.policies:
        yield (policy.entity, policy.scope)
        for rule in policy.rules:
            yield (rule.id, rule.effect, rule.actions, rule.roles, rule.via, rule.via_action, rule.condition)
        for field in policy.fields:
            yield (policy.entity, field.field, field.read, field.write, field.mask)
    for api in system.apis:
        for operation in api.operations:
            yield (operation.name, operation.allows)
