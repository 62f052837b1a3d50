"""Members that are there since a version of an api, or until one: each api names those that it shows, and rows can be created without the
others."""

from collections.abc import Iterator

from bdc.analysis.needed import is_needed
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import NEVER_SHOWN, NO_VALUE_IN_VERSION, NOT_IN_VERSION
from bdc.ir.versions import is_version, number
from bdc.model import Model
from bdc.model.errors.support import NotSupported
from bdc.model.nodes.api import Api, Expand, InputMember, Resource, ShowMember
from bdc.model.nodes.entity import CollectionField, Entity, Field, ReferenceField, ScalarField, led_by
from bdc.model.versions import is_versioned, is_whole, shows
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NotInVersion(Fact):
    """A member that an api names and does not show; `why` tells the versions in which it is there."""

    DIAGNOSTIC = NOT_IN_VERSION

    api: str
    member: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class NoValueInVersion(Fact):
    """A member that an api leaves out of the rows that it creates, and that has no value of its own."""

    DIAGNOSTIC = NO_VALUE_IN_VERSION

    api: str
    entity: str
    member: str
    span: Span


@dataclass(frozen=True, slots=True)
class NeverShown(Fact):
    """A member that no version can show, or that each must; `why` and `help` say which."""

    DIAGNOSTIC = NEVER_SHOWN

    member: str
    why: str
    help: str
    span: Span


def versions(model: Model) -> Iterator[Fact]:
    """Apis name members that their version shows, and create rows without the others."""
    found = [(entity, field) for entity in model.entities.values() for field in entity.fields]
    if not any(is_versioned(field) for _, field in found):
        return
    for entity, field in found:
        if is_versioned(field):
            yield from _declared(model, entity, field)
    for api in model.apis:
        if not is_version(api.version):
            remedy = "call it `v1`, `v2`, … where members are there `@since` a version"
            yield NotSupported(f"the version `{api.version}` beside `@since` or `@removed`", api.span, remedy)
        elif not is_whole(model, api):
            yield from _api(model, api)


def _declared(model: Model, entity: Entity, field: Field) -> Iterator[Fact]:
    if field.since is not None and field.removed is not None and number(field.since) >= number(field.removed):
        why = f"it is there since {field.since}, and removed in {field.removed}"
        yield NeverShown(field.name, why, f"write a version above {field.since} in `@removed`", field.span)
    if field.name in entity.key or (isinstance(field, ReferenceField) and field.tenant):
        part = "the key" if field.name in entity.key else "the tenant"
        yield NeverShown(field.name, f"{part} is part of each version", "remove it here", field.span)
    signs_in = model.identity is not None and model.identity.sign_in is not None
    if signs_in and model.identity is not None and model.identity.entity == entity.name:
        what = "a member by version of the entity that signs in"
        yield NotSupported(what, field.span, "remove it here, or keep the member in an entity of its own")


def _api(model: Model, api: Api) -> Iterator[Fact]:
    if api.graphql is not None and api.graphql.relay:
        yield NotSupported("`relay` in an api that leaves members out", api.span, _RELAY)
    for resource in api.resources:
        entity = model.entities[resource.entity]
        yield from _named(model, api, entity, resource)
        if resource.offers("create"):
            span = next((span for name, span in resource.input_spans if name == "create"), resource.span)
            yield from _created(model, api, entity, resource.create, resource.via, span)


_RELAY = "offer global ids in the api that shows all members"


def _named(model: Model, api: Api, entity: Entity, resource: Resource) -> Iterator[Fact]:
    near = [resource.nearest.field] if resource.nearest is not None else []
    words = [*resource.search, *near, *resource.sorts, *resource.order]
    words += [resource.by] if resource.by is not None else []
    for word in words:
        yield from _path(model, api, entity, word.text.removeprefix("-"), word.span)
    for each in resource.filters:
        yield from _path(model, api, entity, each.path, each.span)
    yield from _included(model, api, entity, resource.expand)
    for show in resource.shows:
        yield from _included(model, api, entity, show.members)
    for members in (resource.create, resource.update):
        yield from _given(model, api, entity, members or ())


def _path(model: Model, api: Api, entity: Entity, path: str, span: Span) -> Iterator[Fact]:
    for name in path.split("."):
        field = entity.find(name)
        yield from _one(api, field, span)
        if not isinstance(field, ReferenceField | CollectionField):
            return
        entity = model.entities[field.target]


def _included(
    model: Model, api: Api, entity: Entity, members: tuple[Expand, ...] | tuple[ShowMember, ...]
) -> Iterator[Fact]:
    for member in members:
        field = entity.find(member.field)
        yield from _one(api, field, member.span)
        inner = member.children if isinstance(member, Expand) else member.members or ()
        if isinstance(field, ReferenceField | CollectionField):
            yield from _included(model, api, model.entities[field.target], inner)


def _given(model: Model, api: Api, entity: Entity, members: tuple[InputMember, ...]) -> Iterator[Fact]:
    for member in members:
        field = entity.find(member.field)
        yield from _one(api, field, member.span)
        if isinstance(field, CollectionField):
            yield from _given(model, api, model.entities[field.target], member.children or ())


def _one(api: Api, field: Field | None, span: Span) -> Iterator[Fact]:
    if field is not None and not shows(api, field):
        since = f"it is there since {field.since}" if field.since is not None else ""
        gone = f"it was removed in {field.removed}" if field.removed is not None else ""
        early = field.since is not None and number(api.version) < number(field.since)
        yield NotInVersion(_name(api), field.name, since if early else gone, span)


def _name(api: Api) -> str:
    return f"{api.called or api.name} {api.version}"


def _created(
    model: Model,
    api: Api,
    entity: Entity,
    members: tuple[InputMember, ...] | None,
    around: str | None,
    span: Span,
) -> Iterator[Fact]:
    """Yield the fields that rows need and that an api leaves out: of the row, and of the rows that are given with it."""
    decided = led_by(entity, around)
    for field in entity.fields:
        given = isinstance(field, ScalarField | ReferenceField) and field.name not in decided
        if given and not shows(api, field) and is_needed(field):
            yield NoValueInVersion(_name(api), entity.name, field.name, span)
    for member in members or ():
        inner = entity.find(member.field)
        if isinstance(inner, CollectionField) and member.children is not None:
            target = model.entities[inner.target]
            yield from _created(model, api, target, member.children, inner.inverse, member.span)
