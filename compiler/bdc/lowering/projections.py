"""Entities that several apis offer: each api but one offers a projection of them.

What comes in: a system whose apis may share entities. What goes out: the same system, with a `projection` for each api beyond the first that
offers an entity (the first is the one with GraphQL, if that offers it too), and resources that name it. All that is known of an entity by the
resource that offers it (inputs, functions of writes, filters, constants of the service) is then known of each of them by itself, while rows,
policy, machine and table are those of the entity.
"""

from bdc.ir import Api, Entity, Resource, SystemIR
from bdc.naming.distinct import aside


class _Naming:
    """Makes projections; `made` are those so far, and `taken` the names that none of them may have."""

    def __init__(self, taken: set[str]) -> None:
        self.made: list[Entity] = []
        self._taken = taken

    def name(self, entity: Entity, api: Api) -> str:
        """Make the projection of an entity for an api, and return its name: `OrderOfOfficeV1`."""
        wanted = f"{entity.name}Of{_pascal(api.name)}{_pascal(api.version)}"
        name = aside(wanted, self._taken)
        self._taken.add(name)
        self.made.append(entity.model_copy(update={"name": name, "projects": entity.name, "graphql": None}))
        return name


def projected(system: SystemIR) -> SystemIR:
    """Return the system with its projections; itself where no entity is in two apis."""
    owners = _owners(system)
    taken = {each.name for each in system.enums} | {each.name for each in system.structs}
    taken |= {each.name for each in system.entities} | {view.entity.name for view in system.views}
    naming = _Naming(taken)
    # A copy keeps what its original has worked out: the original is not asked for entities by name.
    entities = {each.name: each for each in (*system.entities, *(view.entity for view in system.views))}
    apis = tuple(_api(entities, api, owners, naming) for api in system.apis)
    if not naming.made:
        return system
    return system.model_copy(update={"apis": apis, "projections": tuple(naming.made)})


def _owners(system: SystemIR) -> dict[str, Api]:
    """Return the api that offers each entity under its own name."""
    found: dict[str, Api] = {}
    for api in (*(each for each in system.apis if each.graphql is not None), *system.apis):
        for resource in api.resources:
            found.setdefault(resource.entity, api)
    return found


def _api(entities: dict[str, Entity], api: Api, owners: dict[str, Api], naming: _Naming) -> Api:
    shared = [each.entity for each in api.resources if owners[each.entity] is not api]
    names = {entity: naming.name(entities[entity], api) for entity in shared}
    if not names:
        return api
    resources = tuple(_resource(each, names) for each in api.resources)
    return api.model_copy(update={"resources": resources})


def _resource(resource: Resource, names: dict[str, str]) -> Resource:
    """Return a resource that names projections."""
    parent = resource.parent
    changes = {
        "entity": names.get(resource.entity, resource.entity),
        "parent": names.get(parent, parent) if parent is not None else None,
    }
    return resource.model_copy(update=changes)


def _pascal(text: str) -> str:
    return text[:1].upper() + text[1:]
