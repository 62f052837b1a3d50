"""Where `id` is a global id in GraphQL, members that are called so are `rowId` there.

What comes in: a system, one of whose apis may have `graphql { relay: true }`. What goes out: the same with names for GraphQL of the fields of
entities and structs that would be `id`. Arguments, inputs, filters and orders follow from these names.
"""

from typing import TypeVar

from bdc.ir import Entity, EntityField, StructDecl, StructField, SystemIR
from bdc.naming.distinct import aside
from bdc.naming.graphql import field_name

_Member = TypeVar("_Member", EntityField, StructField)


def relayed(system: SystemIR) -> SystemIR:
    """Return the system with these names; itself where no api asks for global ids."""
    if not any(api.graphql is not None and api.graphql.relay for api in system.apis):
        return system
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
