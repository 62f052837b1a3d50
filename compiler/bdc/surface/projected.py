"""A system as one of its apis offers it: with entities under their own names, where several apis offer them."""

from bdc.ir import Api, Entity, Identity, Operation, Resource, SystemIR

_KEPT = ("_entities", "_tables", "_enums", "_domains", "_structs", "_policies", "_roles", "_machines")


def offered_by(system: SystemIR, api: Api) -> SystemIR:
    """Return the system with `api` alone, whose resources name entities; a projection stands for the entity that it projects."""
    own = {each.name: each for each in system.projections if any(_offers(api, each))}
    by_stored = {each.stored: each for each in own.values()}
    renamed = {each.stored: _as_itself(each) for each in own.values()}
    names = {each.name: stored for stored, each in by_stored.items()}
    alone = system.model_copy(
        update={
            "apis": (_renamed(api, names),),
            "entities": tuple(renamed.get(each.name, each) for each in system.entities),
            "projections": (),
            "receivers": (),
            "identity": _identity(system, api),
        }
    )
    for each in _KEPT:  # what a system has worked out goes with its copy
        alone.__dict__.pop(each, None)
    return alone


def _identity(system: SystemIR, api: Api) -> Identity | None:
    """Return the identity; sign-in is served by one api."""
    found = system.identity
    if found is None or found.sign_in is None:
        return found
    serving = next((each for each in system.apis if each.name == found.sign_in.api), None)
    return found if serving is api else found.model_copy(update={"sign_in": None})


def _offers(api: Api, entity: Entity) -> list[bool]:
    return [entity.name in (each.entity, each.parent) for each in api.resources]


def _as_itself(entity: Entity) -> Entity:
    return entity.model_copy(update={"name": entity.stored, "projects": None})


def _renamed(api: Api, names: dict[str, str]) -> Api:
    return api.model_copy(update={"resources": tuple(_resource(each, names) for each in api.resources)})


def _resource(resource: Resource, names: dict[str, str]) -> Resource:
    def name(entity: str) -> str:
        return names.get(entity, entity)

    changes = {
        "entity": name(resource.entity),
        "parent": name(resource.parent) if resource.parent is not None else None,
        "custom": tuple(_operation(each, names) for each in resource.custom),
    }
    return resource.model_copy(update=changes)


def _operation(operation: Operation, names: dict[str, str]) -> Operation:
    if operation.entity is None:
        return operation
    return operation.model_copy(update={"entity": names.get(operation.entity, operation.entity)})
