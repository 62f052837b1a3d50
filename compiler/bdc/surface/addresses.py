"""What names a row in paths: the parts of its key, or the field that its resource is `by`."""

from bdc.ir import Entity, EntityField, Resource, SystemIR
from bdc.ir.remembering import per_system


@per_system
def resources_by_entity(system: SystemIR) -> dict[str, Resource]:
    """Return the resource of each entity that has one."""
    return {resource.entity: resource for api in system.apis for resource in api.resources}


def is_by_key(system: SystemIR, entity: Entity) -> bool:
    """Whether the key names a row in paths."""
    resource = resources_by_entity(system).get(entity.name)
    return resource is None or resource.by is None


def address(system: SystemIR, entity: Entity) -> tuple[str, ...]:
    """Return the names of the fields whose values name a row in paths, in order."""
    resource = resources_by_entity(system).get(entity.name)
    return entity.key if resource is None or resource.by is None else (resource.by,)


def address_fields(system: SystemIR, entity: Entity) -> tuple[EntityField, ...]:
    """Return these fields."""
    return tuple(entity.field(name) for name in address(system, entity))
