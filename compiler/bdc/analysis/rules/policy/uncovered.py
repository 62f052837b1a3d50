"""Default deny: what an api reaches and no rule covers is an error, not an open door."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import Offer, acting, offers
from bdc.analysis.expressions import fields_of
from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.policy import (
    UNCOVERED_BY_JOB,
    UNCOVERED_BY_POLICY,
    UNCOVERED_ENTITY,
    UNCOVERED_OPERATION,
)
from bdc.model import Model
from bdc.model.nodes.entity import CollectionField, ComputedField, ReferenceField
from bdc.model.nodes.job import JobStatement
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UncoveredEntity(Fact):
    DIAGNOSTIC = UNCOVERED_ENTITY

    entity: str
    span: Span
    by_job: bool = False

    def declaration(self) -> Declared:
        return UNCOVERED_BY_JOB if self.by_job else UNCOVERED_ENTITY


@dataclass(frozen=True, slots=True)
class UncoveredOperation(Fact):
    DIAGNOSTIC = UNCOVERED_OPERATION

    entity: str
    action: str
    span: Span
    policy: Span | None

    @property
    def of(self) -> str:
        return f" `{self.entity}`" if self.entity else ""

    def declaration(self) -> Declared:
        return UNCOVERED_OPERATION if self.policy is None else UNCOVERED_BY_POLICY


def uncovered_entity(model: Model) -> Iterator[Fact]:
    """Every entity that an api reaches has a policy, and so has every entity that a field of a readable row is computed from."""
    reported = set()
    exposed = [*offers(model), *_computed_from(model), *_written(model)]
    for offer in [*exposed, *_of_jobs(model)]:
        if model.policy(offer.entity) is None and offer.entity not in reported:
            reported.add(offer.entity)
            yield UncoveredEntity(offer.entity, offer.span, by_job=offer not in exposed)


def _computed_from(model: Model) -> Iterator[Offer]:
    for name in dict.fromkeys(offer.entity for offer in offers(model) if offer.action == "read"):
        for field in model.entities[name].fields:
            if isinstance(field, ComputedField) and field.expr is not None:
                yield from _led_to(model, field.expr, field.span)


def _written(model: Model) -> Iterator[Offer]:
    """What statements of operations write to."""
    for operation in acting(model):
        for each in operation.statements:
            if not _is_open(model, each.entity):
                yield Offer(each.entity, each.verb, each.span)


def _of_jobs(model: Model) -> Iterator[Offer]:
    for job in model.jobs:
        for each in job.statements:
            yield from _of_job(model, each)


def _of_job(model: Model, each: JobStatement) -> Iterator[Offer]:
    """What a statement of a job writes to, and the rows that it looks at."""
    if each.entity is not None and not _is_open(model, each.entity):
        yield Offer(each.entity, "read" if each.verb == "enqueue" else each.verb, each.target_span)
    for expr in (each.condition, each.at, *(assigned.value for assigned in each.values)):
        if expr is not None:
            yield from _led_to(model, expr, each.span)


def _led_to(model: Model, expr: ir.Expr, span: Span) -> Iterator[Offer]:
    for name, step in fields_of(expr):
        field = model.entities[name].find(step) if name in model.entities else None
        if isinstance(field, ReferenceField | CollectionField) and not _is_open(model, field.target):
            yield Offer(field.target, "read", span)


def _is_open(model: Model, name: str) -> bool:
    """Whether rows are read without a policy of their own: those of tables that nothing guards, and of relations between two entities."""
    entity = model.entities[name]
    return entity.unguarded or entity.made


def uncovered_operation(model: Model) -> Iterator[Fact]:
    """Every action that an api exposes is allowed to a role."""
    reported = set()
    for offer in offers(model):
        policy = model.policy(offer.entity)
        place = (offer.entity, offer.action)
        if policy is not None and place not in reported and not _is_allowed(model, offer):
            reported.add(place)
            yield UncoveredOperation(offer.entity, offer.action, offer.span, policy.span)
    for api in model.apis:
        for operation in api.operations:
            if not operation.roles:
                yield UncoveredOperation("", operation.name, operation.span, None)


def _is_allowed(model: Model, offer: Offer) -> bool:
    policy = model.policy(offer.entity)
    return policy is not None and any(
        rule.effect == "allow" and any(word.text == offer.action for word in rule.actions)
        for rule in policy.rules
    )
