"""Fields that conditions compare with the time of the run."""

from collections.abc import Iterator

from bdc.ir import Call, Compare, ComputedField, Expr, SystemIR
from bdc_emitters.tests.walk import nodes, paths


def timed_fields(system: SystemIR) -> frozenset[tuple[str, str]]:
    """Return (entity, field) of what is compared with `now()` or `today()` somewhere."""
    found: set[tuple[str, str]] = set()
    for expr in conditions(system):
        for node in nodes(expr):
            if isinstance(node, Compare) and any(
                isinstance(each, Call) and each.function in ("now", "today") for each in nodes(node)
            ):
                found |= set(_mentioned(system, node))
    return frozenset(found)


def conditions(system: SystemIR) -> Iterator[Expr]:
    """Yield every condition of policies, roles and computed fields."""
    for policy in system.policies:
        grants = [grant for rule in policy.fields for grant in (rule.read, rule.write) if grant is not None]
        found = [
            policy.scope,
            *(rule.condition for rule in policy.rules),
            *(each.condition for each in grants),
        ]
        yield from (expr for expr in found if expr is not None)
    for role in system.roles:
        if role.condition is not None:
            yield role.condition
    for entity in system.entities:
        for field in entity.fields:
            if isinstance(field, ComputedField):
                yield field.expr


def _mentioned(system: SystemIR, expr: Expr) -> Iterator[tuple[str, str]]:
    for path in paths(expr):
        if not path.steps or path.steps[-1].entity is None:
            continue
        step = path.steps[-1]
        assert step.entity is not None
        field = system.entity(step.entity).field(step.field)
        if isinstance(field, ComputedField):
            yield from _mentioned(system, field.expr)
        else:
            yield step.entity, step.field
