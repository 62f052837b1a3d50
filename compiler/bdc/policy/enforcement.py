"""Where each rule is enforced: facts for the documentation and for the audit of a build.

Row level security and triggers are read off what was compiled, so that the table never claims a wall that was not built;
the other places follow from what kind of rule it is.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from bdc.ir import Entity, Expr, FieldRule, Grant, PolicyRule, Root, ScalarField, SystemIR
from bdc.ir.compiled import CallerRule, RowPolicy
from bdc.policy.expression_text import in_words
from bdc.policy.rebase import paths
from bdc.source.records import dataclass


class Place(StrEnum):
    QUERY = "query predicate"
    ROW_LEVEL_SECURITY = "row level security"
    TRIGGER = "trigger"
    MASK = "column mask"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class EnforcementRow:
    """A rule and its places. `rule` is a rule id, or the name of what follows from the data (`Order.scope`,
    `Order.status.machine`, `Order.org.immutable`); `text` says it in words."""

    entity: str
    rule: str
    text: str
    places: tuple[Place, ...]


def enforcement(
    system: SystemIR, row_policies: Iterable[RowPolicy], caller_rules: Iterable[CallerRule] = ()
) -> tuple[EnforcementRow, ...]:
    """Return every rule of every entity with the places that hold it, in declared order."""
    row_policies = tuple(row_policies)
    walls = {rule for policy in row_policies for rule in policy.rule_ids}
    floors = {policy.table for policy in row_policies if policy.restrictive or policy.folded}
    facts = _Facts(system, walls, floors, {found.rule for found in caller_rules})
    return tuple(row for entity in system.entities for row in facts.of(entity))


class _Facts:
    def __init__(self, system: SystemIR, walls: set[str], floors: set[str], triggers: set[str]) -> None:
        self._system, self._walls, self._floors, self._triggers = system, walls, floors, triggers
        self._claim_roles = {role.name for role in system.roles if role.entity is None}

    def of(self, entity: Entity) -> Iterator[EnforcementRow]:
        policy = self._system.policy(entity.name)
        if policy and policy.scope:
            yield self._scope(entity, policy.scope)
        for rule in policy.rules if policy else ():
            yield self._rule(entity, rule)
        for field in policy.fields if policy else ():
            yield from self._field(entity, field)
        yield from self._machine(entity)
        yield from _immutable(entity)

    def _scope(self, entity: Entity, scope: Expr) -> EnforcementRow:
        wall = (Place.ROW_LEVEL_SECURITY,) if entity.table in self._floors else ()
        return EnforcementRow(entity.name, f"{entity.name}.scope", in_words(scope), (Place.QUERY, *wall))

    def _rule(self, entity: Entity, rule: PolicyRule) -> EnforcementRow:
        places = [Place.QUERY]
        if rule.id in self._walls:
            places.append(Place.ROW_LEVEL_SECURITY)
        compares = rule.condition and {Root.OLD, Root.NEW} <= {path.root for path in paths(rule.condition)}
        if compares and f"{entity.name}.change" in self._triggers:
            places.append(Place.TRIGGER)
        if rule.roles and self._claim_roles.issuperset(rule.roles):
            places.append(Place.SERVICE)
        return EnforcementRow(entity.name, rule.id, rule_in_words(rule), tuple(places))

    def _field(self, entity: Entity, rule: FieldRule) -> Iterator[EnforcementRow]:
        name = f"{entity.name}.{rule.field}"
        if rule.read:
            shown = in_words(rule.mask) if rule.mask else "null"
            text = f"read by {_grant(rule.read)}; others see {shown}"
            yield EnforcementRow(entity.name, f"{name}.read", text, (Place.MASK,))
        if rule.write:
            text = f"written by {_grant(rule.write)}"
            held = (Place.TRIGGER,) if f"{name}.write" in self._triggers else ()
            yield EnforcementRow(entity.name, f"{name}.write", text, (*held, Place.SERVICE))

    def _machine(self, entity: Entity) -> Iterator[EnforcementRow]:
        machine = self._system.machine(entity.name)
        if machine:
            name = f"{entity.name}.{machine.field}.machine"
            text = f"{machine.field} changes only along its {len(machine.transitions)} declared transitions"
            yield EnforcementRow(entity.name, name, text, (Place.QUERY, Place.TRIGGER))


def _immutable(entity: Entity) -> Iterator[EnforcementRow]:
    for field in entity.fields:
        fixed = getattr(field, "immutable", False)
        if fixed and not (isinstance(field, ScalarField) and field.stamp):
            name = f"{entity.name}.{field.name}.immutable"
            yield EnforcementRow(
                entity.name, name, f"{field.name} never changes", (Place.TRIGGER, Place.SERVICE)
            )


def rule_in_words(rule: PolicyRule) -> str:
    """Return a rule as it was written: `allow read, create to member when …`."""
    parts = [rule.effect, ", ".join(rule.actions)]
    if rule.via:
        parts.append(f"via {rule.via}" + (f".{rule.via_action}" if rule.via_action else ""))
    if rule.roles:
        parts.append("to " + ", ".join(rule.roles))
    if rule.condition:
        parts.append("when " + in_words(rule.condition))
    if rule.because:
        parts.append(f'because "{rule.because}"')
    return " ".join(parts)


def _grant(grant: Grant) -> str:
    roles = ", ".join(grant.roles) or "every role"
    return roles + (f" when {in_words(grant.condition)}" if grant.condition else "")
