"""Callers that may create or update a row may also read, or refer to, the rows that its references lead to.

A create that requires a reference to rows that none of its callers can read never succeeds: an error. An optional reference of that kind is
useless: a warning.
"""

from collections.abc import Iterator

from bdc.analysis.exposure import operation_names, resources
from bdc.analysis.policies import NO_ROLE, Reachable
from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.policy import UNREADABLE_OPTIONAL_REFERENCE, UNREADABLE_REFERENCE
from bdc.model import Model
from bdc.model.nodes.api import InputMember, Resource
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField, ScalarField
from bdc.policy import REFER
from bdc.policy.rebase import paths
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnreadableReference(Fact):
    """`roles`: the roles that may do `action`; `needed`: the action requires a value; `drawn`: a default takes a value from the row,
    so that the row must be readable."""

    DIAGNOSTIC = UNREADABLE_REFERENCE

    entity: str
    action: str
    field: str
    target: str
    roles: tuple[str, ...]
    needed: bool
    drawn: bool
    span: Span
    policy: Span | None

    @property
    def refer(self) -> str:
        if self.drawn:
            return ""
        return f", or `allow {REFER} to {', '.join(self.roles)}` if they may refer to its rows without reading them"

    def declaration(self) -> Declared:
        return UNREADABLE_REFERENCE if self.needed else UNREADABLE_OPTIONAL_REFERENCE


def unreadable_reference(model: Model) -> Iterator[Fact]:
    reported: set[tuple[str, str]] = set()
    for found in _all(model, Reachable(model)):
        if (found.entity, found.field) not in reported:
            reported.add((found.entity, found.field))
            yield found


def _all(model: Model, reachable: Reachable) -> Iterator[UnreadableReference]:
    for resource in resources(model):
        entity = model.entities[resource.entity]
        if resource.offers("create"):
            span = _span(resource, "create")
            yield from _create(model, reachable, entity, resource.create, span, None)
        if resource.offers("update"):
            names = None if resource.update is None else {member.field for member in resource.update}
            spans = {member.field: member.span for member in resource.update or ()}
            for reference in _accepted(entity, names):
                if names is not None or not (reference.immutable or reference.name in entity.key):
                    span = spans.get(reference.name, _span(resource, "update"))
                    yield from _judge(model, reachable, entity, "update", reference, span, needed=False)


def _span(resource: Resource, verb: str) -> Span:
    words = (word.span for word in resource.operations or () if word.text == verb)
    return dict(resource.input_spans).get(verb) or next(words, resource.span)


def _create(
    model: Model,
    reachable: Reachable,
    entity: Entity,
    members: tuple[InputMember, ...] | None,
    span: Span,
    owner: str | None,
    *,
    loose: bool = False,
) -> Iterator[UnreadableReference]:
    given = {member.field: member for member in members or ()}
    for reference in _accepted(entity, None if members is None else set(given)):
        if reference.name != owner:
            member = given.get(reference.name)
            place = member.span if member is not None else span
            needed = not reference.nullable and not (member is not None and member.optional) and not loose
            yield from _judge(model, reachable, entity, "create", reference, place, needed=needed)
    for member in members or ():
        field = entity.find(member.field)
        if isinstance(field, CollectionField) and member.children is not None:
            target = model.entities[field.target]
            yield from _create(
                model,
                reachable,
                target,
                member.children,
                member.span,
                field.inverse,
                loose=loose or member.optional,
            )


def _accepted(entity: Entity, names: set[str] | None) -> Iterator[ReferenceField]:
    """Yield the references that an input gives: by name, or by fields that carry them. Without an input of its own, all."""
    for field in entity.fields:
        if not isinstance(field, ReferenceField) or field.tenant or field.readonly:
            continue
        if names is None or names & {field.name, *field.carriers}:
            yield field


def _judge(
    model: Model,
    reachable: Reachable,
    entity: Entity,
    action: str,
    reference: ReferenceField,
    span: Span,
    *,
    needed: bool,
) -> Iterator[UnreadableReference]:
    able = reachable.roles(entity.name, action)
    drawn = _is_drawn_on(entity, reference)
    seen = reachable.roles(reference.target, "read")
    if not drawn and REFER not in operation_names(model, reference.target):
        seen |= reachable.roles(reference.target, REFER)
    if able and not able & seen:
        policy = model.policy(reference.target)
        declared = tuple(role for role in model.roles if role in able and NO_ROLE not in able) or ("…",)
        place = policy.span if policy is not None else None
        yield UnreadableReference(
            entity.name, action, reference.name, reference.target, declared, needed, drawn, span, place
        )


def _is_drawn_on(entity: Entity, reference: ReferenceField) -> bool:
    return any(
        len(path.steps) > 1 and path.steps[0].field == reference.name
        for field in entity.fields
        if isinstance(field, ScalarField) and field.default is not None
        for path in paths(field.default)
    )
