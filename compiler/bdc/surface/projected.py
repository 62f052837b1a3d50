"""A system as one of its apis offers it: with entities under their own names, where several apis offer them. A further resource of an
entity in the same api keeps its projection."""

from bdc.ir import (
    Api,
    CollectionField,
    Entity,
    EntityField,
    Identity,
    Operation,
    ReferenceField,
    Resource,
    SystemIR,
)
from bdc.ir.types import renamed


def offered_by(system: SystemIR, api: Api) -> SystemIR:
    """Return the system with `api` alone, whose main resources name entities; a projection stands for the entity that it projects."""
    own = _own(system, api)
    names = {each.name: each.stored for each in own if not each.again}
    renamed = {each.stored: _as_itself(each, names) for each in own if not each.again}
    beside = _beside(own, names)
    again = tuple(
        each.model_copy(update={"name": beside[each.name], "fields": _fields(each, names)})
        for each in own
        if each.again
    )
    names |= beside
    return system.model_copy(
        update={
            "apis": (_renamed(api, names),),
            "entities": tuple(renamed.get(each.name, each) for each in system.entities),
            "projections": again,
            "receivers": (),
            "identity": _identity(system, api),
        }
    )


def without_apis(system: SystemIR) -> SystemIR:
    """Return the system with no api."""
    return system.model_copy(update={"apis": ()})


def _identity(system: SystemIR, api: Api) -> Identity | None:
    """Return the identity; sign-in is served by one api."""
    found = system.identity
    if found is None or found.sign_in is None:
        return found
    serving = next((each for each in system.apis if each.name == found.sign_in.api), None)
    return found if serving is api else found.model_copy(update={"sign_in": None})


def _own(system: SystemIR, api: Api) -> list[Entity]:
    """Return the projections that an api offers, and those that their relations lead to."""
    known = {each.name: each for each in system.projections}
    waiting = [name for each in api.resources for name in (each.entity, each.parent) if name in known]
    found: dict[str, Entity] = {}
    while waiting:
        entity = known[str(waiting.pop())]
        if entity.name not in found:
            found[entity.name] = entity
            waiting += [target for each in entity.fields if (target := _target(each)) in known]
    return list(found.values())


def _beside(own: list[Entity], names: dict[str, str]) -> dict[str, str]:
    """Return what the projections of further resources of an entity are called: after the entity, as if the api were alone."""
    called = {stored: name for name, stored in names.items()}
    again = (each for each in own if each.again)
    return {
        each.name: f"{each.stored}{each.name.removeprefix(called.get(each.stored, each.stored))}"
        for each in again
    }


def _target(field: EntityField) -> str | None:
    return field.target if isinstance(field, ReferenceField | CollectionField) else None


def _as_itself(entity: Entity, names: dict[str, str]) -> Entity:
    return entity.model_copy(
        update={
            "name": entity.stored,
            "projects": None,
            "fields": _fields(entity, names),
        }
    )


def _fields(entity: Entity, names: dict[str, str]) -> tuple[EntityField, ...]:
    return tuple(_field(each, names) for each in entity.fields)


def _field(field: EntityField, names: dict[str, str]) -> EntityField:
    target = _target(field)
    return field.model_copy(update={"target": names[target]}) if target in names else field


def _renamed(api: Api, names: dict[str, str]) -> Api:
    changes: dict[str, object] = {"resources": tuple(_resource(each, names) for each in api.resources)}
    if api.operations:
        changes["operations"] = tuple(_as_written(each, names) for each in api.operations)
    return api.model_copy(update=changes)


def _as_written(operation: Operation, names: dict[str, str]) -> Operation:
    returns = renamed(operation.returns, names)
    if operation.called is None and returns == operation.returns:
        return operation
    changes = {"name": operation.called or operation.name, "called": None, "returns": returns}
    return operation.model_copy(update=changes)


def _resource(resource: Resource, names: dict[str, str]) -> Resource:
    def name(entity: str) -> str:
        return names.get(entity, entity)

    changes = {
        "entity": name(resource.entity),
        "parent": name(resource.parent) if resource.parent is not None else None,
        "custom": tuple(_operation(each, names) for each in resource.custom),
        "hooks": tuple(each.model_copy(update={"entity": name(each.entity)}) for each in resource.hooks),
    }
    return resource.model_copy(update=changes)


def _operation(operation: Operation, names: dict[str, str]) -> Operation:
    if operation.entity is None:
        return operation
    changes: dict[str, object] = {"entity": names.get(operation.entity, operation.entity)}
    changes["returns"] = renamed(operation.returns, names)
    return operation.model_copy(update=changes)
