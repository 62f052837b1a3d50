"""Fields that not every reader of a row may read, and whether something else that is read would tell them."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.expressions import fields_of
from bdc.analysis.policies import Reachable
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import CollectionField
from bdc.model.nodes.policy import FieldRule, Grant
from bdc.model.policies.policies import granting

Place = tuple[str, str]
_NO_READER = Grant((), None)


class Hidden:
    """`rules`: the fields with a `read` rule, and those that are `@hidden` or `@writeonly`: no role may read these. `complete`: without
    it nothing is known of the readers."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._reachable = Reachable(model) if model.complete else None
        self.rules: dict[Place, FieldRule] = {
            (policy.entity, rule.field): rule
            for policy in model.policies
            for rule in policy.fields
            if rule.read is not None
        }
        self.rules |= {
            (entity.name, field.name): FieldRule(field=field.name, read=_NO_READER, span=field.span)
            for entity in model.entities.values()
            for field in entity.fields
            if field.hidden
        }

    def told(self, expr: ir.Expr | None, carrier: str) -> Iterator[tuple[Place, FieldRule]]:
        """Yield what `expr` would tell of hidden fields to readers of `carrier` rows that may not read them."""
        yield from self.told_to(expr, self.readers(carrier))

    def told_to(
        self, expr: ir.Expr | None, roles: frozenset[str] | None
    ) -> Iterator[tuple[Place, FieldRule]]:
        """Yield what `expr` would tell of hidden fields to callers with `roles` that may not read them."""
        for place in dict.fromkeys(self._looked_at(expr)) if expr is not None else ():
            rule = self.rules.get(place)
            if rule is not None and not self.covers(rule, roles):
                yield place, rule

    def callers(self, operation: Operation) -> frozenset[str] | None:
        """Return the roles of callers of an operation."""
        if operation.entity is None:
            named = (word.text for word in operation.roles)
            return frozenset(name for role in named for name in (role, *granting(self._model.roles, role)))
        if self._reachable is None:
            return None
        return self._reachable.roles(operation.entity, operation.name)

    def readers(self, entity: str) -> frozenset[str] | None:
        return self._reachable.roles(entity, "read") if self._reachable is not None else None

    def covers(self, rule: FieldRule, readers: frozenset[str] | None) -> bool:
        """Whether each of `readers` may read the field of every row."""
        if readers is None or rule.read is None or rule.read.condition is not None:
            return False
        return readers <= self.granted(rule.read)

    def granted(self, grant: Grant) -> frozenset[str]:
        """Return the roles by claim that a grant names, with those that extend them."""
        roles = self._model.roles
        claims = (word.text for word in grant.roles if word.text in roles and roles[word.text].entity is None)
        return frozenset(name for claim in claims for name in granting(roles, claim))

    def _looked_at(self, expr: ir.Expr) -> Iterator[Place]:
        """A collection without a rule of its own is known by the references that lead back from its rows."""
        for entity, name in fields_of(expr):
            yield entity, name
            field = self._model.entities[entity].find(name) if entity in self._model.entities else None
            if isinstance(field, CollectionField) and (entity, name) not in self.rules:
                yield field.target, field.inverse
