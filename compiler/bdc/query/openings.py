"""A policy as the openings by which an action may be allowed or denied: claim roles on one side, conditions on the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bdc.ir import And, Expr, FieldRule, Grant, Policy, PolicyRule, ReferenceField, Role, SystemIR


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` names what it comes from: it becomes part of a function's name."""

    expr: Expr
    label: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The caller carries one of `roles` (None: whoever calls), all `conditions` hold for the row, and `via` (an opening of
    the row that this one refers to) is open."""

    rule: PolicyRule | None
    roles: tuple[str, ...] | None
    conditions: tuple[Condition, ...] = ()
    via: "Via | None" = None


@dataclass(frozen=True, slots=True)
class Via:
    reference: ReferenceField
    target: str
    action: str
    opening: Opening


class Openings:
    """Looks up the openings of a system's policies. Nothing that is not written allows anything."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        self._found: dict[tuple[str, str, str], tuple[Opening, ...]] = {}

    def allow(self, entity: str, action: str) -> tuple[Opening, ...]:
        return self._of(entity, action, "allow")

    def deny(self, entity: str, action: str) -> tuple[Opening, ...]:
        return self._of(entity, action, "deny")

    def of_rule(self, entity: str, rule: PolicyRule, action: str) -> Iterator[Opening]:
        """Yield the ways of one rule. A chain of `via` that comes back to itself opens nothing."""
        label = rule.id.replace(".", "_").lower()
        own = _condition(rule.condition, label)
        if rule.via is not None:
            yield from self._through(entity, rule, rule.via_action or action, own)
            return
        if not rule.roles:
            yield Opening(rule, None, own)
            return
        yield from self._by_roles(entity, rule, rule.roles, own)

    def of_grant(self, entity: str, grant: Grant, label: str) -> tuple[Opening, ...]:
        """Return the ways of a field's grant."""
        own = _condition(grant.condition, label)
        return (
            tuple(self._by_roles(entity, None, grant.roles, own))
            if grant.roles
            else (Opening(None, None, own),)
        )

    def field_rule(self, entity: str, field: str) -> FieldRule | None:
        policy = self._system.policy(entity)
        return next((rule for rule in policy.fields if rule.field == field), None) if policy else None

    def _of(self, entity: str, action: str, effect: str) -> tuple[Opening, ...]:
        key = (entity, action, effect)
        if key not in self._found:
            self._found[key] = ()  # what a cycle of `via` finds
            self._found[key] = tuple(
                way
                for rule in _rules(self._system.policy(entity))
                if rule.effect == effect and action in rule.actions
                for way in self.of_rule(entity, rule, action)
            )
        return self._found[key]

    def _by_roles(
        self, entity: str, rule: PolicyRule | None, roles: tuple[str, ...], own: tuple[Condition, ...]
    ) -> Iterator[Opening]:
        claims: dict[str, None] = {}
        related: list[Role] = []
        for role in map(self._system.role, roles):
            if role.condition is None:
                claims.update(dict.fromkeys(role.granted_by or (role.name,)))
                continue
            claims.update(dict.fromkeys(name for name in role.granted_by if self._is_claim(name)))
            if role.entity == entity:
                related.append(role)
        if claims:
            yield Opening(rule, tuple(claims), own)
        for role in related:
            yield Opening(rule, None, (*_condition(role.condition, f"{entity}_{role.name}".lower()), *own))

    def _is_claim(self, name: str) -> bool:
        return self._system.role(name).condition is None

    def _through(
        self, entity: str, rule: PolicyRule, action: str, own: tuple[Condition, ...]
    ) -> Iterator[Opening]:
        reference = self._system.entity(entity).field(rule.via or "")
        assert isinstance(reference, ReferenceField)
        for way in self.allow(reference.target, action):
            yield Opening(
                rule, way.roles, own, Via(reference, reference.target, action, replace(way, roles=None))
            )


def _rules(policy: Policy | None) -> tuple[PolicyRule, ...]:
    return policy.rules if policy else ()


def _condition(expr: Expr | None, label: str) -> tuple[Condition, ...]:
    terms = expr.terms if isinstance(expr, And) else (expr,) if expr is not None else ()
    return tuple(Condition(term, label) for term in terms)
