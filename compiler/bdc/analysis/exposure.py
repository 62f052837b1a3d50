"""What the apis reach: which action on which entity, and where that is written."""

from collections.abc import Iterator

from bdc.model import Model
from bdc.model.apis.lists import followed
from bdc.model.nodes.api import Expand, InputMember, Operation, Resource, ShowMember
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField
from bdc.source import Span
from bdc.source.records import dataclass

_ACTION = {"list": "read", "get": "read", "create": "create", "update": "update", "delete": "delete"}


@dataclass(frozen=True, slots=True)
class Offer:
    """`action` on rows of `entity` matters to callers because of what stands at `span`."""

    entity: str
    action: str
    span: Span


def resources(model: Model) -> Iterator[Resource]:
    for api in model.apis:
        yield from api.resources


def operations(model: Model) -> Iterator[Operation]:
    """Every custom operation, in a resource or not."""
    for api in model.apis:
        for resource in api.resources:
            yield from resource.custom
        yield from api.operations


def acting(model: Model) -> Iterator[Operation]:
    """Every custom operation, and the hooks of generated ones."""
    for resource in resources(model):
        yield from resource.hooks
    yield from operations(model)


def operation_names(model: Model, entity: str) -> tuple[str, ...]:
    """Return the custom operations of an entity over all apis."""
    found = (operation.name for operation in operations(model) if operation.entity == entity)
    return tuple(dict.fromkeys(found))


def offers(model: Model) -> Iterator[Offer]:
    for resource in resources(model):
        for verb, action in _ACTION.items():
            if resource.offers(verb):
                span = next(
                    (word.span for word in resource.operations or () if word.text == verb), resource.span
                )
                yield Offer(resource.entity, action, span)
        for operation in resource.custom:
            yield Offer(resource.entity, operation.name, operation.span)
        entity = model.entities[resource.entity]
        if entity.view is not None:
            yield Offer(entity.view.source, "read", resource.span)
        yield from _expanded(model, entity, resource.expand)
        for show in resource.shows:
            yield from _shown(model, entity, show.members)
        yield from _asked(model, resource)
        yield from brought(model, resource)
    yield from _followed(model)


def _followed(model: Model) -> Iterator[Offer]:
    """What a rule with `via` leans on; that of a generated join allows no caller where it has no policy."""
    for policy in model.policies:
        if model.entities[policy.entity].made:
            continue
        for rule in policy.rules:
            field = model.entities[policy.entity].find(rule.via.text) if rule.via is not None else None
            if not isinstance(field, ReferenceField) or rule.via is None:
                continue
            goals = (rule.via_action,) if rule.via_action is not None else rule.actions
            for goal in goals:
                yield Offer(field.target, goal.text, rule.via.span)


def _asked(model: Model, resource: Resource) -> Iterator[Offer]:
    """Rows of other entities that a list is filtered or sorted by."""
    paths = [(each.path, each.span) for each in resource.filters]
    paths += [(word.text.removeprefix("-"), word.span) for word in (*resource.sorts, *resource.order)]
    for path, span in paths:
        for _, relation in followed(model.entities, resource.entity, path):
            yield Offer(relation.target, "read", span)


def _shown(model: Model, entity: Entity, members: tuple[ShowMember, ...]) -> Iterator[Offer]:
    """Related rows that rows always show."""
    for each in members:
        field = entity.find(each.field)
        if each.members is not None and isinstance(field, ReferenceField):
            yield Offer(field.target, "read", each.span)
            yield from _shown(model, model.entities[field.target], each.members)


def _expanded(model: Model, entity: Entity, expands: tuple[Expand, ...]) -> Iterator[Offer]:
    for expand in expands:
        field = entity.find(expand.field)
        if isinstance(field, ReferenceField | CollectionField):
            yield Offer(field.target, "read", expand.span)
            yield from _expanded(model, model.entities[field.target], expand.children)


def _nested(model: Model, entity: Entity, members: tuple[InputMember, ...]) -> Iterator[Offer]:
    for member in members:
        field = entity.find(member.field)
        if isinstance(field, CollectionField) and field.through is not None:
            yield from _linked(field, field.through, member)
        elif isinstance(field, CollectionField) and member.children is not None:
            yield Offer(field.target, "create", member.span)
            yield from _nested(model, model.entities[field.target], member.children)


def brought(model: Model, resource: Resource) -> Iterator[Offer]:
    """Yield what the inputs of a resource write beside its own rows."""
    entity = model.entities[resource.entity]
    yield from _nested(model, entity, resource.create or ())
    yield from _replaced(model, entity, resource.update or ())


def _linked(field: CollectionField, through: str, member: InputMember) -> Iterator[Offer]:
    """Rows of the far side that an input names, and makes where that is said."""
    yield Offer(through, "create", member.span)
    yield Offer(through, "read", member.span)
    yield Offer(field.target, "read", member.span)
    if member.creates:
        yield Offer(field.target, "create", member.span)


def _replaced(model: Model, entity: Entity, members: tuple[InputMember, ...]) -> Iterator[Offer]:
    """What an update writes beside its row: the rows that were there go."""
    yield from _nested(model, entity, members)
    for member in members:
        field = entity.find(member.field)
        if isinstance(field, CollectionField):
            yield Offer(field.through or field.target, "delete", member.span)
