"""Policies as clauses: which claim roles, on what conditions over the row, and over which reference.

`via order.update` is a condition like any other, in `allow` and in `deny`: the caller may do `update` with the order, which
includes that the caller may read it. A `deny … via` therefore refuses callers that may do that.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from bdc.ir import And, Expr, FieldRule, Grant, Policy, PolicyRule, Role
from bdc.source.records import dataclass

REFER = "refer"  # the action of pointing at a row by a reference, which the caller need not be able to read


class PolicySource(Protocol):
    """Policies and roles by name. `target_of` is the entity that the reference `field` of `entity` leads to, `stored` the one whose rows an
    entity is about: of a projection, the entity that it projects."""

    def policy(self, entity: str) -> Policy | None: ...

    def role(self, name: str) -> Role: ...

    def target_of(self, entity: str, field: str) -> str: ...

    def stored(self, entity: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """One conjunct over the row. `label` names its rule: it becomes part of a function's name."""

    expr: Expr
    label: str


@dataclass(frozen=True, slots=True)
class PolicyClause:
    """One alternative of one rule: the caller holds one of the claim roles `roles` (None: any caller), all `conditions` hold
    for the row, and `via` holds. `relation`: the role by relation whose condition is among `conditions`. `rule` is None for
    the grant of a field."""

    rule: PolicyRule | None
    roles: tuple[str, ...] | None
    conditions: tuple[Condition, ...] = ()
    via: "Via | None" = None
    relation: str | None = None

    @property
    def unconditional(self) -> bool:
        """Whether the clause asks nothing of the row."""
        return not self.conditions and self.via is None

    def speaks_of(self, role: str, *, denying: bool = False) -> bool:
        """Whether a caller with `role` is meant. Any caller may hold a role by relation: a denial to it concerns every role."""
        if self.relation is not None:
            return denying or self.relation == role
        return self.roles is None or role in self.roles


@dataclass(frozen=True, slots=True)
class Via:
    """The row that the reference `field` leads to exists, and the caller may do `action` with it by its own `clause`."""

    field: str
    target: str
    action: str
    clause: PolicyClause


class Clauses:
    """Enumerates the clauses of the policies of `source`. What no rule allows has no clause."""

    def __init__(self, source: PolicySource) -> None:
        self._source = source
        self._known: dict[tuple[str, str, str], tuple[PolicyClause, ...]] = {}

    def allow(self, entity: str, action: str) -> tuple[PolicyClause, ...]:
        return self._of(entity, action, "allow")

    def deny(self, entity: str, action: str) -> tuple[PolicyClause, ...]:
        return self._of(entity, action, "deny")

    def scope(self, entity: str) -> Expr | None:
        policy = self._source.policy(entity)
        return policy.scope if policy else None

    def of_grant(self, entity: str, grant: Grant, label: str) -> tuple[PolicyClause, ...]:
        """Return the clauses of a field's grant."""
        entity = self._source.stored(entity)
        own = _conditions(grant.condition, label)
        if not grant.roles:
            return (PolicyClause(None, None, own),)
        return tuple(self._by_roles(entity, None, grant.roles, own))

    def field_rule(self, entity: str, field: str) -> FieldRule | None:
        policy = self._source.policy(entity)
        return next((rule for rule in policy.fields if rule.field == field), None) if policy else None

    def inherits(self, entity: str, action: str, field: str) -> bool:
        """Whether one rule allows `action` to every caller that may do it with the row that `field` leads to."""
        return any(
            rule.effect == "allow"
            and action in rule.actions
            and rule.via == field
            and (rule.via_action or action) == action
            and rule.condition is None
            for rule in _rules(self._source.policy(entity))
        )

    def reached(self, entity: str) -> tuple[str, ...]:
        """Return the entity, and the entities that its rules lead to by `via`."""
        entity = self._source.stored(entity)
        seen: dict[str, None] = {entity: None}
        waiting = [entity]
        while waiting:
            name = waiting.pop()
            for rule in _rules(self._source.policy(name)):
                if rule.via and (target := self._source.target_of(name, rule.via)) not in seen:
                    seen[target] = None
                    waiting.append(target)
        return tuple(seen)

    def _of(self, entity: str, action: str, effect: str) -> tuple[PolicyClause, ...]:
        entity = self._source.stored(entity)
        key = (entity, action, effect)
        if key not in self._known:
            self._known[key] = ()  # a cycle of `via` allows nothing; analysis refuses it (E312)
            self._known[key] = tuple(
                clause
                for rule in _rules(self._source.policy(entity))
                if rule.effect == effect and action in rule.actions
                for clause in self._of_rule(entity, rule, action)
            )
        return self._known[key]

    def _of_rule(self, entity: str, rule: PolicyRule, action: str) -> Iterator[PolicyClause]:
        own = _conditions(rule.condition, rule.id.replace(".", "_").lower())
        if rule.via is not None:
            yield from self._through(entity, rule, rule.via_action or action, own)
        elif not rule.roles:
            yield PolicyClause(rule, None, own)
        else:
            yield from self._by_roles(entity, rule, rule.roles, own)

    def _by_roles(
        self, entity: str, rule: PolicyRule | None, roles: tuple[str, ...], own: tuple[Condition, ...]
    ) -> Iterator[PolicyClause]:
        claims: dict[str, None] = {}
        related: list[Role] = []
        for role in map(self._source.role, roles):
            if role.condition is None:
                claims.update(dict.fromkeys(role.granted_by or (role.name,)))
                continue
            claims.update(dict.fromkeys(name for name in role.granted_by if self._is_claim(name)))
            if role.entity == entity:
                related.append(role)
        if claims:
            yield PolicyClause(rule, tuple(claims), own)
        for role in related:
            held = _conditions(role.condition, f"{entity}_{role.name}".lower())
            yield PolicyClause(rule, None, (*held, *own), relation=role.name)

    def _is_claim(self, name: str) -> bool:
        return self._source.role(name).condition is None

    def _through(
        self, entity: str, rule: PolicyRule, action: str, own: tuple[Condition, ...]
    ) -> Iterator[PolicyClause]:
        field = rule.via or ""
        target = self._source.target_of(entity, field)
        for clause in self.allow(target, action):
            via = Via(field, target, action, replace(clause, roles=None))
            yield PolicyClause(rule, clause.roles, own, via, clause.relation)


def _rules(policy: Policy | None) -> tuple[PolicyRule, ...]:
    return policy.rules if policy else ()


def _conditions(expr: Expr | None, label: str) -> tuple[Condition, ...]:
    return tuple(Condition(term, label) for term in conjuncts(expr))


def conjuncts(expr: Expr | None) -> tuple[Expr, ...]:
    """Return the terms that must all hold for `expr` to hold."""
    return expr.terms if isinstance(expr, And) else (expr,) if expr is not None else ()
