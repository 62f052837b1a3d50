"""Names in GraphQL of members that would be called `id`, where that is a global id: `rowId`."""

from typing import TypeVar

from bdc.ir.entity import Entity, EntityField, StructDecl, StructField
from bdc.ir.system import SystemIR
from bdc.naming.distinct import aside
from bdc.naming.graphql import field_name

_Member = TypeVar("_Member", EntityField, StructField)


def with_row_ids(system: SystemIR) -> SystemIR:
    """Return the system with these names."""
    changes = {
        "entities": tuple(map(_entity, system.entities)),
        "projections": tuple(map(_entity, system.projections)),
        "views": tuple(view.model_copy(update={"entity": _entity(view.entity)}) for view in system.views),
        "structs": tuple(map(_struct, system.structs)),
    }
    return system.model_copy(update=changes)


def _entity(entity: Entity) -> Entity:
    return entity.model_copy(update={"fields": _members(entity.fields)})


def _struct(struct: StructDecl) -> StructDecl:
    return struct.model_copy(update={"fields": _members(struct.fields)})


def _members(fields: tuple[_Member, ...]) -> tuple[_Member, ...]:
    taken = {field_name(each.name, each.graphql) for each in fields}
    return tuple(
        each.model_copy(update={"graphql": aside("rowId", taken)})
        if field_name(each.name, each.graphql) == "id"
        else each
        for each in fields
    )
