"""Small views of the IR that several surfaces compare."""

from bdc.ir import Entity, Entry, Origin, StructDecl, SystemIR
from bdc.surface import Member


def readable(system: SystemIR) -> tuple[Entity, ...]:
    """Return all that has rows to read: entities, and views as an api sees them."""
    return (*system.entities, *(view.entity for view in system.views))


def struct_members(struct: StructDecl) -> tuple[Member, ...]:
    """Return the fields of a value object as members; written, those without a default must be there."""
    return tuple(
        Member(
            field.name,
            field.type,
            field.nullable,
            not field.nullable and field.default is None,
            default=field.default,
            field=field.name,
        )
        for field in struct.fields
    )


def entry_members(entries: tuple[Entry, ...]) -> tuple[Member, ...]:
    """Return the members of an error or an event."""
    return tuple(Member(entry.name, entry.type, entry.nullable, field=entry.name) for entry in entries)


def field_origin(name: str, *entities: Entity) -> Origin:
    """Return where the first of `entities` that has the field declares it; the first entity's own place when none has it."""
    for entity in entities:
        for field in entity.fields:
            if field.name == name:
                return field.origin
    return entities[0].origin
