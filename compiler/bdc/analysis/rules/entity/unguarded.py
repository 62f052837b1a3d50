"""What an api, a policy or a role reaches is a table that we guard, and rows that can be told apart."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import offers, operations
from bdc.analysis.expressions import fields_of
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.relations import KEYLESS, UNGUARDED
from bdc.model import Model
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, ReferenceField
from bdc.model.nodes.policy import Policy
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Unguarded(Fact):
    DIAGNOSTIC = UNGUARDED

    entity: str
    by: str
    span: Span
    declared: Span


@dataclass(frozen=True, slots=True)
class Keyless(Fact):
    DIAGNOSTIC = KEYLESS

    entity: str
    by: str
    span: Span
    declared: Span


def unguarded(model: Model) -> Iterator[Fact]:
    """Report each place once per entity that it may not reach."""
    reported: set[tuple[str, str]] = set()
    for name, by, span, only_key in _reached(model):
        entity = model.entities.get(name)
        if entity is None or (name, by) in reported:
            continue
        reported.add((name, by))
        if entity.keyless and only_key:
            yield Keyless(name, by, span, entity.span)
        elif entity.unguarded:
            yield Unguarded(name, by, span, entity.span)


_Reach = tuple[str, str, Span, bool]


def _reached(model: Model) -> Iterator[_Reach]:
    """Yield entity, what reaches it, where, and whether its key is needed for that."""
    for offer in offers(model):
        yield offer.entity, "an api", offer.span, True
    for operation in operations(model):
        returned = (
            operation.returns.item if isinstance(operation.returns, ir.ArrayType) else operation.returns
        )
        if isinstance(returned, ir.EntityType):
            yield returned.name, "an operation", operation.span, True
    if model.identity is not None:
        yield model.identity.entity, "the identity", model.identity.span, True
    for other in model.others:
        yield other.entity, "an identity", other.span, True
    for machine in model.machines:
        yield machine.entity, "a machine", machine.span, False
    yield from _rules(model)
    for entity in model.entities.values():
        yield from _computed(model, entity)


def _rules(model: Model) -> Iterator[_Reach]:
    for role in model.roles.values():
        if role.entity is not None:
            yield role.entity, "a role", role.span, True
        yield from _through(model, "a role", role.condition, role.span)
    for policy in model.policies:
        yield policy.entity, "a policy", policy.span, False
        yield from _through(model, "a policy", policy.scope, policy.span)
        for span, condition in _conditions(policy):
            yield from _through(model, "a policy", condition, span)


def _conditions(policy: Policy) -> Iterator[tuple[Span, ir.Expr | None]]:
    for rule in policy.rules:
        yield rule.span, rule.condition
    for field in policy.fields:
        for grant in (field.read, field.write):
            yield field.span, grant.condition if grant is not None else None


def _computed(model: Model, entity: Entity) -> Iterator[_Reach]:
    """What is computed in queries draws on the rows it looks at."""
    for field in entity.fields:
        if isinstance(field, ComputedField) and not entity.unguarded:
            yield from _through(model, "a computed field", field.expr, field.span)


def _through(model: Model, by: str, expr: ir.Expr | None, span: Span) -> Iterator[_Reach]:
    """Yield the entities that an expression leads to."""
    for name, step in fields_of(expr) if expr is not None else ():
        field = model.entities[name].find(step) if name in model.entities else None
        if isinstance(field, ReferenceField | CollectionField):
            yield field.target, by, span, False
