"""Fields as members of JSON: their names and their types as a caller sees them."""

from bdc.ir import (
    CollectionField,
    Entity,
    EntityField,
    ReferenceField,
    ScalarField,
    ScalarType,
    SystemIR,
    Type,
)
from bdc.ir.types import Scalar


def member_type(system: SystemIR, field: EntityField) -> Type:
    """Return the type in JSON; of a reference (or a collection, in a filter) that of the key it leads to."""
    if isinstance(field, ReferenceField | CollectionField):
        return key_type(system, system.entity(field.target))
    return field.type


def key_type(system: SystemIR, entity: Entity) -> Type:
    """Return the type of the (first part of the) key."""
    return member_type(system, entity.field(entity.key[0]))


def key_fields(entity: Entity) -> tuple[EntityField, ...]:
    """Return the fields of the key, in order."""
    return tuple(entity.field(name) for name in entity.key)


def scalar_name(system: SystemIR, field: EntityField) -> str:
    """Return the name of the scalar of a field's type, '' when it is not one."""
    found = member_type(system, field)
    return found.scalar.value if isinstance(found, ScalarType) else ""


def is_uuid(logical: Type) -> bool:
    """Say whether a type is uuid."""
    return isinstance(logical, ScalarType) and logical.scalar is Scalar.UUID


def column_members(entity: Entity) -> dict[str, str]:
    """Return the JSON member of each column that carries one."""
    found = {
        field.column: field.name if isinstance(field, ScalarField) else field.member
        for field in entity.fields
        if isinstance(field, ScalarField) or (isinstance(field, ReferenceField) and not field.carriers)
    }
    embedded = (field for field in entity.fields if isinstance(field, ScalarField) and field.embedded)
    return found | {each.column: field.name for field in embedded for each in field.embedded}
