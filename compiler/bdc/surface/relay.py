"""Global ids: what names a row among those of all entities, where `graphql { relay: true }` asks for them.

An id is the entity and the parts of the key as a JSON list in base64. `member.NODE` of a row is worked out in the statement that reads it, so
that nothing but the row itself decides whether an id leads to it.
"""

from bdc.ir import Api, Entity, ReferenceField, Scalar, ScalarField, ScalarType, SystemIR
from bdc.ir.remembering import per_system
from bdc.ir.row_ids import with_row_ids
from bdc.surface.members import read_members
from bdc.surface.names import surface_names

NODE = "_node"  # the member of a row; no member of the language begins with `_`
TYPE = "Node"
_NO_IDS = frozenset({Scalar.BYTES, Scalar.DURATION, Scalar.JSON})


def relay_apis(system: SystemIR) -> tuple[Api, ...]:
    """Return the apis whose GraphQL has global ids."""
    return tuple(api for api in system.apis if api.graphql is not None and api.graphql.relay)


def seen_by(system: SystemIR, api: Api) -> SystemIR:
    """Return the system with the names of members that the schema of `api` has, where schemas of others have global ids and it has none, or
    the other way round."""
    found = relay_apis(system)
    if api not in found or all(each.graphql is None or each.graphql.relay for each in system.apis):
        return system
    return _with_row_ids(system)


@per_system
def _with_row_ids(system: SystemIR) -> SystemIR:
    return with_row_ids(system)


def has_node(system: SystemIR, entity: Entity) -> bool:
    """Return whether rows of an entity have a global id: every reader of a row sees its whole key, as text that leads back to it."""
    if not relay_apis(system) or not entity.key:
        return False
    shown = {each.field: each for each in read_members(system, entity)}
    return all(
        name in shown and getattr(shown[name].rule, "read", None) is None and _is_plain(system, entity, name)
        for name in entity.key
    )


def _is_plain(system: SystemIR, entity: Entity, name: str) -> bool:
    field = entity.field(name)
    if isinstance(field, ReferenceField):
        target = system.entity(field.target)
        return all(_is_plain(system, target, each) for each in target.key)
    kind = field.type if isinstance(field, ScalarField) else None
    return not isinstance(kind, ScalarType) or kind.scalar not in _NO_IDS


def refetched(system: SystemIR, api: Api) -> dict[str, str]:
    """Return the entities whose rows `node` finds, each with the permission to get one: those that a resource gets by key."""
    found: dict[str, str] = {}
    constants = surface_names(system).operations
    for resource in api.resources:
        entity = system.stored(resource.entity)
        if "get" in resource.operations and has_node(system, system.entity(entity)):
            found.setdefault(entity, constants[resource.entity, "get"])
    return found


def has_nodes(system: SystemIR) -> bool:
    """Return whether a schema has `node`."""
    return any(refetched(system, api) for api in relay_apis(system))
