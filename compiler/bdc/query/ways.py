"""Which rules let a role in, and on what conditions: one entity, one action, one role at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.ir import Expr, PathStep, PolicyRule, ReferenceField, SystemIR
from bdc.query.rebase import rebase
from bdc.query.words import in_words


@dataclass(frozen=True, slots=True)
class Way:
    """`rules`: ids from the entity's own rule to the one that decides. `terms`: what must hold, all of it, over the row."""

    rules: tuple[str, ...]
    terms: tuple[Expr, ...]


class Ways:
    """The ways through the policies of one system."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        self._roles = {role.name: role for role in system.roles}
        self._found: dict[tuple[str, str, str, str], tuple[Way, ...]] = {}

    def of(self, entity: str, action: str, role: str, effect: str) -> tuple[Way, ...]:
        """Return the ways by which rules of `effect` (allow, deny) reach a caller who holds `role`."""
        key = (entity, action, role, effect)
        if key not in self._found:
            self._found[key] = ()  # a circle of `via` rules lets nobody in
            self._found[key] = tuple(self._find(entity, action, role, effect))
        return self._found[key]

    def scope(self, entity: str) -> Expr | None:
        policy = self._system.policy(entity)
        return policy.scope if policy else None

    def reached(self, entity: str) -> tuple[str, ...]:
        """Return the entity, and those its rules follow a relation to."""
        seen: dict[str, None] = {entity: None}
        waiting = [entity]
        while waiting:
            name = waiting.pop()
            for rule in self._rules(name):
                if rule.via and (target := self._target(name, rule.via)) not in seen:
                    seen[target] = None
                    waiting.append(target)
        return tuple(seen)

    def held(self, rule: PolicyRule, role: str) -> Iterator[tuple[Expr, ...]]:
        """What must hold for a holder of `role` to be meant by `rule`: nothing, or a relation. A rule without roles means
        everybody. A deny to a role by relation narrows everybody too, because anybody may hold it."""
        if not rule.roles:
            yield ()
        for named in rule.roles:
            meant = self._roles.get(named)
            condition = meant.condition if meant else None
            if named == role or (meant and meant.entity is None and role in meant.granted_by):
                yield (condition,) if condition else ()
            elif condition and rule.effect == "deny":
                yield (condition,)

    def _rules(self, entity: str) -> tuple[PolicyRule, ...]:
        policy = self._system.policy(entity)
        return policy.rules if policy else ()

    def _target(self, entity: str, via: str) -> str:
        field = self._system.entity(entity).field(via)
        if not isinstance(field, ReferenceField):
            raise TypeError(f"{entity}.{via} is not a reference")
        return field.target

    def _find(self, entity: str, action: str, role: str, effect: str) -> Iterator[Way]:
        for rule in self._rules(entity):
            if rule.effect != effect or action not in rule.actions:
                continue
            own = (rule.condition,) if rule.condition else ()
            if rule.via:
                through = self._through(entity, rule, rule.via, role)
                yield from (Way((rule.id, *way.rules), (*way.terms, *own)) for way in through)
            else:
                yield from (Way((rule.id,), (*held, *own)) for held in self.held(rule, role))

    def _through(self, entity: str, rule: PolicyRule, via: str, role: str) -> Iterator[Way]:
        target = self._target(entity, via)
        step = PathStep(entity=entity, field=via)
        limits = self._other_scope(entity, target, step)
        for way in self.of(target, rule.via_action or "read", role, rule.effect):
            yield Way(way.rules, (*(rebase(term, step) for term in way.terms), *limits))

    def _other_scope(self, entity: str, target: str, step: PathStep) -> tuple[Expr, ...]:
        """The scope of a related row, unless it reads like the row's own: a tenant is the same on both ends."""
        scope, own = self.scope(target), self.scope(entity)
        if scope is None or (own is not None and in_words(scope) == in_words(own)):
            return ()
        return (rebase(scope, step),)
