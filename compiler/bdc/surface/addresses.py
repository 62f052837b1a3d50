"""What names a row in paths: the parts of its key, or the field that its resource is `by`; before it the rows that it stands under."""

import re

from bdc.ir import Entity, EntityField, ReferenceField, Resource, SystemIR
from bdc.ir.remembering import per_system
from bdc.source.records import dataclass
from bdc.surface.logical import scalar_name

_HOLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Around:
    """A row that others stand under: the reference of `child` that leads to it, and the fields whose values name it, each by its name
    in paths."""

    entity: Entity
    child: Entity
    reference: ReferenceField
    fields: tuple[EntityField, ...]
    names: tuple[str, ...]


@per_system
def resources_by_entity(system: SystemIR) -> dict[str, Resource]:
    """Return the resource of each entity that has one."""
    return {resource.entity: resource for api in system.apis for resource in api.resources}


def resource_of(system: SystemIR, entity: Entity) -> Resource | None:
    """Return the resource of an entity."""
    return resources_by_entity(system).get(entity.name)


def is_by_key(system: SystemIR, entity: Entity) -> bool:
    """Whether the key names a row in paths, by itself or under other rows."""
    resource = resource_of(system, entity)
    return resource is None or resource.by is None


def is_plain(system: SystemIR, entity: Entity) -> bool:
    """Whether the key alone names a row in paths."""
    resource = resource_of(system, entity)
    return resource is None or (resource.by is None and resource.parent is None)


def address(system: SystemIR, entity: Entity) -> tuple[str, ...]:
    """Return the names of the fields whose values name a row in paths, in order."""
    resource = resource_of(system, entity)
    return entity.key if resource is None or resource.by is None else (resource.by,)


def address_fields(system: SystemIR, entity: Entity) -> tuple[EntityField, ...]:
    """Return these fields."""
    return tuple(entity.field(name) for name in address(system, entity))


def around(system: SystemIR, entity: Entity) -> tuple[Around, ...]:
    """Return the rows that a row of `entity` stands under in paths, the nearest first."""
    resource = resource_of(system, entity)
    names = list(_HOLE.findall(resource.path)) if resource is not None else []
    found: list[Around] = []
    child = entity
    while resource is not None and resource.parent is not None and resource.via is not None:
        parent, reference = system.entity(resource.parent), child.field(resource.via)
        assert isinstance(reference, ReferenceField)
        fields = address_fields(system, parent)
        own, names = names[len(names) - len(fields) :], names[: len(names) - len(fields)]
        found.append(Around(parent, child, reference, fields, tuple(own)))
        child, resource = parent, resource_of(system, parent)
    return tuple(found)


def around_fields(system: SystemIR, entity: Entity) -> tuple[tuple[str, Entity, EntityField], ...]:
    """Return the name in paths, the entity and the field of each value that names a row around, outermost first."""
    return tuple(
        (name, each.entity, field)
        for each in reversed(around(system, entity))
        for name, field in zip(each.names, each.fields, strict=True)
    )


def own_key_kind(system: SystemIR, resource: Resource, name: str) -> str:
    """Return how the key of the caller's own row is read, for an operation on it: of the row that the caller is, or of the reference that
    leads to the caller; with the claim behind it where that is not `id` (`text gate_id`). '' where a field names rows in other paths: a write
    then finds its row by the caller."""
    entity = system.entity(resource.entity)
    if name != "get" and resource.operations and resource.by is not None:
        return ""
    fields = (entity.field(entity.key[0]),) if resource.operations else address_fields(system, entity)
    kind, claim = scalar_name(system, fields[0]) or "text", own_claim(system, resource)
    return kind if claim == "id" else f"{kind} {claim}"


def own_caller(system: SystemIR, resource: Resource) -> str:
    """Return the entity of the callers that a path without a key leads from: that of the row, or of the reference to the caller."""
    entity = system.entity(resource.entity)
    leads = resource.by if resource.by is not None and not resource.operations else None
    field = entity.field(leads) if leads is not None else None
    return system.stored(field.target) if isinstance(field, ReferenceField) else entity.stored


def own_claim(system: SystemIR, resource: Resource) -> str:
    """Return the claim with the key of the caller that a path without a key leads from."""
    return system.identity.key_of(own_caller(system, resource)) if system.identity is not None else "id"
