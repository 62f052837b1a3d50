"""Mistakes in the reading of a policy: each operator at every site where a rule is lowered, as the system that would be enforced.

What comes in: a system. What goes out: `Mutation`s, each with the system whose rules a layer enforces by mistake. Deliberately absent:
whether anything notices (`mutants`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bdc.ir import (
    And,
    Compare,
    Expr,
    FieldRule,
    Grant,
    Literal,
    Path,
    Policy,
    PolicyRule,
    Role,
    Root,
    Scalar,
    ScalarType,
    SystemIR,
)
from bdc.policy.clauses import conjuncts

TRUE = Literal(type=ScalarType(scalar=Scalar.BOOL), value=True)


@dataclass(frozen=True)
class Mutation:
    """`operator` at `site`, about rows of `entity`; `field`: the field whose rule it is, `side`: read or write."""

    operator: str
    site: str
    entity: str
    system: SystemIR
    field: str | None = None
    side: str = ""


def mutations(system: SystemIR) -> Iterator[Mutation]:
    """Yield every mistake that the operators can make, in the order of the rules."""
    for policy in system.policies:
        yield from _scope(system, policy)
        for rule in policy.rules:
            yield from _rule(system, policy, rule)
        for field in policy.fields:
            yield from _field(system, policy, field)
    for role in system.roles:
        yield from _role(system, role)


def combined(system: SystemIR, mutation: Mutation) -> SystemIR:
    """Return `system`, which may hold other mistakes, with this one too."""
    entity, mutant = mutation.entity, mutation.system
    table = system.entity(entity).table
    return _copy(
        system,
        policies=tuple(mutant.policy(entity) if each.entity == entity else each for each in system.policies),
        tables=tuple(mutant.table(table) if each.name == table else each for each in system.tables),
        roles=mutant.roles if mutation.site.startswith("role ") else system.roles,
    )


def _scope(system: SystemIR, policy: Policy) -> Iterator[Mutation]:
    terms = conjuncts(policy.scope)
    tenant = system.entity(policy.entity).tenant
    for term in terms:
        drops = any(path.steps[:1] and path.steps[0].field == tenant for path in _row_paths(term))
        changed = _with_policy(
            system, policy.model_copy(update={"scope": _all_of(_without(terms, term)) or TRUE})
        )
        operator = "drop a tenant term" if drops else "drop a conjunct"
        yield Mutation(
            operator,
            f"{policy.entity}.scope",
            policy.entity,
            _no_floor(changed, policy) if drops else changed,
        )


def _rule(system: SystemIR, policy: Policy, rule: PolicyRule) -> Iterator[Mutation]:
    for operator, changed in _changed_rules(system, rule):
        rules = [changed if each is rule else each for each in policy.rules]
        mutant = policy.model_copy(update={"rules": tuple(each for each in rules if each is not None)})
        enforced = _with_policy(system, mutant)
        if system.entity(policy.entity).tenant_root:
            enforced = _no_floor(enforced, policy)  # its rules say the tenant, and the floor says it again
        yield Mutation(operator, rule.id, policy.entity, enforced)


def _changed_rules(system: SystemIR, rule: PolicyRule) -> Iterator[tuple[str, PolicyRule | None]]:
    if rule.effect == "deny":
        yield "make it true", None
    elif rule.condition is not None:
        yield "make it true", rule.model_copy(update={"condition": None})
    if rule.via is not None:
        yield (
            "drop a conjunct",
            None if rule.effect == "deny" else rule.model_copy(update={"via": None, "via_action": None}),
        )
    for operator, condition in _changed(rule.condition):
        yield operator, rule.model_copy(update={"condition": condition})
    if rule.roles:
        for more in _others(system, rule.roles):
            yield "widen roles", rule.model_copy(update={"roles": (*rule.roles, more)})


def _field(system: SystemIR, policy: Policy, rule: FieldRule) -> Iterator[Mutation]:
    for side in ("read", "write"):
        grant: Grant | None = getattr(rule, side)
        if grant is None:
            continue
        changes: list[tuple[str, Grant | None]] = [("skip a mask", None)]
        changes += [
            ("widen roles", grant.model_copy(update={"roles": (*grant.roles, more)}))
            for more in _others(system, grant.roles)
        ]
        if grant.condition is not None:
            changes.append(("make it true", grant.model_copy(update={"condition": None})))
            changes += [
                (operator, grant.model_copy(update={"condition": condition}))
                for operator, condition in _changed(grant.condition)
            ]
        for operator, changed in changes:
            fields = tuple(
                each.model_copy(update={side: changed}) if each is rule else each for each in policy.fields
            )
            mutant = _with_policy(system, policy.model_copy(update={"fields": fields}))
            yield Mutation(
                operator, f"{policy.entity}.{rule.field}.{side}", policy.entity, mutant, rule.field, side
            )


def _role(system: SystemIR, role: Role) -> Iterator[Mutation]:
    for operator, condition in (*_changed(role.condition), ("make it true", TRUE)) if role.condition else ():
        roles = tuple(
            each.model_copy(update={"condition": condition}) if each is role else each
            for each in system.roles
        )
        yield Mutation(operator, f"role {role.name}", role.entity or "", _copy(system, roles=roles))


def _changed(condition: Expr | None) -> Iterator[tuple[str, Expr | None]]:
    terms = conjuncts(condition)
    for term in terms if len(terms) > 1 else ():
        yield "drop a conjunct", _all_of(_without(terms, term))
    for term in terms:
        if isinstance(term, Compare) and term.op == "==" and _names_actor(term):
            other = term.model_copy(update={"op": "!="})
            yield "swap the owner", _all_of(tuple(other if each is term else each for each in terms))


def _names_actor(term: Compare) -> bool:
    return any(isinstance(side, Path) and side.root is Root.ACTOR for side in (term.left, term.right))


def _others(system: SystemIR, roles: tuple[str, ...]) -> Iterator[str]:
    """Roles by claim that the named ones do not include."""
    held = {name for role in roles for name in (role, *system.role(role).granted_by)}
    yield from (role.name for role in system.roles if role.entity is None and role.name not in held)


def _row_paths(term: Expr) -> list[Path]:
    sides = (term.left, term.right) if isinstance(term, Compare) else ()
    return [side for side in sides if isinstance(side, Path) and side.root is Root.ROW]


def _without(terms: tuple[Expr, ...], term: Expr) -> tuple[Expr, ...]:
    return tuple(each for each in terms if each is not term)


def _all_of(terms: tuple[Expr, ...]) -> Expr | None:
    if len(terms) > 1:
        return And(type=TRUE.type, terms=terms)
    return terms[0] if terms else None


def _with_policy(system: SystemIR, policy: Policy) -> SystemIR:
    return _copy(
        system, policies=tuple(policy if each.entity == policy.entity else each for each in system.policies)
    )


def _no_floor(system: SystemIR, policy: Policy) -> SystemIR:
    """The tenant is said twice in row level security: by the scope, and by a floor that follows from the table."""
    name = system.entity(policy.entity).table
    tables = tuple(
        each.model_copy(update={"tenant_column": None}) if each.name == name else each
        for each in system.tables
    )
    return _copy(system, tables=tables)


def _copy(system: SystemIR, **changed: Any) -> SystemIR:
    """A copy that keeps nothing that the original has worked out."""
    return SystemIR.model_construct(**{**dict(system), **changed})
