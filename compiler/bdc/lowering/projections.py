"""Entities that several apis offer, or one at several paths, or that not all show whole: each resource but one offers a projection.

What comes in: a system whose apis may share entities, and whose members may be there `@since` a version or until they are `@removed` in one.
What goes out: the same system, with a `projection` for each api beyond the first that offers an entity whole (the first is the one with
GraphQL, if that offers it too), and resources that name it. All that is known of an entity by the resource that offers it (inputs, functions
of writes, filters, constants of the service) is then known of each of them by itself, while rows, policy, machine and table are those of
the entity.

An api with several resources of an entity has a projection for each but the main one, which is called after the row that its rows stand
under, or after its path: `IssueOfRepo`, `IssueAtReports`.

An api that leaves a member out has projections of all entities from which a row with such members is reached, and their relations lead to
each other.
"""

import re

from bdc.ir import (
    Api,
    CollectionField,
    Entity,
    EntityField,
    EntityType,
    InputMember,
    InputShape,
    Operation,
    ReferenceField,
    Resource,
    SystemIR,
)
from bdc.ir.main_resource import main_offer
from bdc.ir.types import renamed
from bdc.ir.versions import is_shown
from bdc.naming.casing import pascal
from bdc.naming.distinct import aside

_OTHER = re.compile(r"[^A-Za-z0-9]+")


class _Naming:
    """Makes names of projections, none of which is in `taken`."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken

    def name(self, entity: str, api: Api) -> str:
        """Return the name of the projection of an entity for an api: `OrderOfOfficeV1`."""
        called, version = api.place
        return self.free(f"{entity}Of{called[:1].upper()}{called[1:]}{version.capitalize()}")

    def beside(self, known: str, resource: Resource) -> str:
        """Return the name of the projection of a further resource: `known` is what the main one of the api is called."""
        parent = f"{known}Of{resource.parent}" if resource.parent is not None else known
        if resource.parent is None or parent in self._taken:
            parent = f"{known}At{_words(resource.path)}"
        return self.free(parent)

    def free(self, wanted: str) -> str:
        """Return a name that nothing else has, and take it."""
        name = aside(wanted, self._taken)
        self._taken.add(name)
        return name


class _Projections:
    """Makes the projections of one system. A copy of a system keeps what its original has worked out, so that the original is not asked for
    entities by name."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        views = tuple(view.entity for view in system.views)
        self.entities = {each.name: each for each in (*system.entities, *views)}
        self._versioned = _reaching(self.entities)
        self._whole = {id(api): self._is_whole(api) for api in system.apis}
        self._owners = self._owning()
        taken = {each.name for each in system.enums} | {each.name for each in system.structs}
        self._naming = _Naming(taken | set(self.entities))
        self.made: list[Entity] = []

    def api(self, api: Api) -> Api:
        """Return an api with resources that name its projections, and make these."""
        offered = {each.entity for each in api.resources}
        shared = [name for name in self.entities if name in offered and self._owners.get(name) is not api]
        if not self._whole[id(api)]:
            shared = [name for name in self.entities if name in shared or name in self._versioned]
        names = {name: self._naming.name(name, api) for name in shared}
        for entity, name in names.items():
            self.made.append(_projection(self.entities[entity], name, names, api.version))
        beside = self._beside(api, names)
        if not names and not beside:
            return api
        whole = self._whole[id(api)]
        resources = tuple(
            self._resource(
                each, names, api.version, beside.get(each.path), self._around(api, each, beside), whole=whole
            )
            for each in api.resources
        )
        operations = api.operations if whole else tuple(_free(each, names) for each in api.operations)
        return api.model_copy(update={"resources": resources, "operations": operations})

    def _beside(self, api: Api, names: dict[str, str]) -> dict[str, str]:
        """Make the projections of resources that stand beside the main one of their entity, and return their names by path."""
        found: dict[str, str] = {}
        for resource in api.resources:
            same = [each for each in api.resources if each.entity == resource.entity]
            if main_offer(same) is not resource:
                entity = self.entities[resource.entity]
                known = names.get(entity.name, entity.name)
                name = found[resource.path] = self._naming.beside(known, resource)
                suffix = name.removeprefix(known)
                made = _projection(entity, name, names, api.version)
                changes = {
                    "again": True,
                    "plural": f"{entity.plural}{suffix}",
                    "graphql": f"{entity.graphql}{suffix}" if entity.graphql else None,
                }
                self.made.append(made.model_copy(update=changes))
        return found

    def _around(self, api: Api, resource: Resource, beside: dict[str, str]) -> str | None:
        """Return the projection of the resource that a resource stands in, where that is one beside the main one."""
        inside = [
            each.path
            for each in api.resources
            if each.entity == resource.parent and resource.path.startswith(f"{each.path}/")
        ]
        return beside.get(max(inside, key=len)) if inside else None

    def _owning(self) -> dict[str, Api]:
        """Return the api that offers each entity under its own name."""
        found: dict[str, Api] = {}
        apis = self._system.apis
        for api in (*(each for each in apis if each.graphql is not None), *apis):
            for resource in api.resources:
                if resource.entity not in self._versioned or self._whole[id(api)]:
                    found.setdefault(resource.entity, api)
        return found

    def _is_whole(self, api: Api) -> bool:
        """Say whether an api shows all members of all entities."""
        fields = (field for name in self._versioned for field in self.entities[name].fields)
        return all(is_shown(field.since, field.removed, api.version) for field in fields)

    def _resource(
        self,
        resource: Resource,
        names: dict[str, str],
        version: str,
        beside: str | None,
        around: str | None,
        *,
        whole: bool,
    ) -> Resource:
        """Return a resource that names projections, and takes no member that its version leaves out. `beside`: its own, and `around` that of
        the resource which it stands in, where these are beside the main ones of their entities."""
        parent, entity = resource.parent, self.entities[resource.entity]
        around_names = {} if whole else names
        called = beside or names.get(resource.entity, resource.entity)
        changes = {
            "entity": called,
            "custom": tuple(_operation(each, entity.name, called, around_names) for each in resource.custom),
            "hooks": tuple(each.model_copy(update={"entity": called}) for each in resource.hooks),
            "parent": around or (names.get(parent, parent) if parent is not None else None),
            "create": self._shape(entity, resource.create, version),
            "update": self._shape(entity, resource.update, version),
        }
        return resource.model_copy(update=changes)

    def _shape(self, entity: Entity, shape: InputShape | None, version: str) -> InputShape | None:
        if shape is None:
            return None
        fields = {field.name: field for field in entity.fields}
        shown = (each for each in shape.members if _shows(fields[each.field], version))
        return InputShape(members=tuple(self._member(fields[each.field], each, version) for each in shown))

    def _member(self, field: EntityField, member: InputMember, version: str) -> InputMember:
        if member.nested is None or not isinstance(field, CollectionField):
            return member
        nested = self._shape(self.entities[field.target], member.nested, version)
        return member.model_copy(update={"nested": nested})


def projected(system: SystemIR) -> SystemIR:
    """Return the system with its projections; itself where each entity is in one resource, and all are shown whole."""
    making = _Projections(system)
    apis = tuple(making.api(api) for api in system.apis)
    if not making.made:
        return system
    return system.model_copy(update={"apis": apis, "projections": tuple(making.made)})


def _reaching(entities: dict[str, Entity]) -> set[str]:
    """Return the entities with members that some version leaves out, and those whose relations lead to such an entity."""
    found = {
        entity.name
        for entity in entities.values()
        if any(field.since is not None or field.removed is not None for field in entity.fields)
    }
    while True:
        more = {
            entity.name
            for entity in entities.values()
            if entity.name not in found and any(_target(field) in found for field in entity.fields)
        }
        if not more:
            return found
        found |= more


def _operation(operation: Operation, entity: str, own: str, names: dict[str, str]) -> Operation:
    """Return an operation of a resource that names the projection `own` of an entity: it answers with its row as the resource shows it. `names`:
    projections that stand for the entities of other rows."""
    returns = operation.returns
    if isinstance(returns, EntityType) and returns.name == entity:
        returns = EntityType(name=own)
    return operation.model_copy(update={"entity": own, "returns": renamed(returns, names)})


def _free(operation: Operation, names: dict[str, str]) -> Operation:
    """Return an operation outside resources of an api that leaves members out."""
    return operation.model_copy(update={"returns": renamed(operation.returns, names)})


def _words(path: str) -> str:
    """Return the segments of a path that name no row as one word: `/repos/{id}/open-issues` is `ReposOpenIssues`."""
    segments = (each for each in path.split("/") if "{" not in each)
    return pascal("_".join(filter(None, (_OTHER.sub("_", each).strip("_") for each in segments))))


def _target(field: EntityField) -> str | None:
    return field.target if isinstance(field, ReferenceField | CollectionField) else None


def _shows(field: EntityField, version: str) -> bool:
    return is_shown(field.since, field.removed, version)


def _projection(entity: Entity, name: str, names: dict[str, str], version: str) -> Entity:
    fields = tuple(_field(field, names, version) for field in entity.fields)
    changes = {"name": name, "projects": entity.name, "graphql": None, "fields": fields}
    return entity.model_copy(update=changes)


def _field(field: EntityField, names: dict[str, str], version: str) -> EntityField:
    changes: dict[str, object] = {} if _shows(field, version) else {"hidden": True}
    if isinstance(field, ReferenceField | CollectionField) and field.target in names:
        changes["target"] = names[field.target]
    return field.model_copy(update=changes) if changes else field
