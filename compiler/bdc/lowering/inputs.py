"""What a caller may give: the shapes of create and update, as written or by default."""

from dataclasses import replace

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.expressions.rows import mentions_row
from bdc.model.nodes.api import InputMember, Resource
from bdc.model.nodes.entity import CollectionField, Entity, Field, ReferenceField, ScalarField, led_by


def create_shape(context: Context, resource: Resource) -> ir.InputShape:
    entity = context.model.entities[resource.entity]
    if resource.create is not None:
        return _written(context, entity, resource.create)
    members, around = default_create(context, entity), led_by(entity, resource.via)
    return ir.InputShape(members=tuple(each for each in members if each.field not in around))


def update_shape(context: Context, resource: Resource) -> ir.InputShape:
    """A merge-patch: nothing is required."""
    entity = context.model.entities[resource.entity]
    if resource.update is not None:
        written = (_member(context, entity, member) for member in resource.update)
        return ir.InputShape(members=tuple(each.model_copy(update={"required": False}) for each in written))
    around = led_by(entity, resource.via)
    names = (
        field.name
        for field in entity.fields
        if field.name not in around and is_writable(context, entity, field) and not is_fixed(entity, field)
    )
    return ir.InputShape(members=tuple(ir.InputMember(field=name, required=False) for name in names))


def default_create(context: Context, entity: Entity) -> tuple[ir.InputMember, ...]:
    fields = (
        field
        for field in entity.fields
        if is_writable(context, entity, field) and not _is_made(entity, field)
    )
    return tuple(ir.InputMember(field=field.name, required=is_required(field)) for field in fields)


def is_writable(context: Context, entity: Entity, field: Field) -> bool:
    """Say whether a caller may ever set a field by create or update: no stamps, tenants, states, computed values."""
    match field:
        case ScalarField():
            given = field.readonly or field.stamp is not None or mentions_row(field.default)
            return not (given or field.name in _of_machine(context, entity))
        case ReferenceField():
            return not (field.readonly or field.tenant or field.carriers)
    return False


def _of_machine(context: Context, entity: Entity) -> set[str]:
    """Return the field that the entity's machine governs, and the times that its transitions remember."""
    machine = context.model.machine(entity.name)
    if machine is None:
        return set()
    return {machine.field, *(f"{transition.target}_at" for transition in machine.transitions)}


def is_fixed(entity: Entity, field: Field) -> bool:
    """Say whether a field keeps its first value."""
    return field.name in entity.key or (isinstance(field, ScalarField | ReferenceField) and field.immutable)


def _is_made(entity: Entity, field: Field) -> bool:
    """A key with a default is made by the system, and what defaults to the caller is the caller's."""
    if isinstance(field, ReferenceField):
        return field.default is not None
    return field.name in entity.key and isinstance(field, ScalarField) and field.is_made


def is_required(field: Field) -> bool:
    match field:
        case ScalarField():
            return not field.nullable and not field.is_made
        case ReferenceField():
            return not field.nullable and field.default is None
    return False


def written_create(context: Context, entity: Entity, members: tuple[InputMember, ...]) -> ir.InputShape:
    """Return the shape of a new row that takes `members`; what may be null is optional."""
    optional = {
        field.name
        for field in entity.fields
        if isinstance(field, ScalarField | ReferenceField) and field.nullable
    }
    written = (replace(each, optional=each.optional or each.field in optional) for each in members)
    return _written(context, entity, tuple(written))


def _written(context: Context, entity: Entity, members: tuple[InputMember, ...]) -> ir.InputShape:
    return ir.InputShape(members=tuple(_member(context, entity, member) for member in members))


def _member(context: Context, entity: Entity, member: InputMember) -> ir.InputMember:
    """Without a `?` a field must be given, unless it has a default. What no row can be without must be given in any case."""
    field = entity.find(member.field)
    has_default = (isinstance(field, ScalarField) and field.is_made) or (
        isinstance(field, ReferenceField) and field.default is not None
    )
    nested = None
    if isinstance(field, CollectionField) and field.through is None:
        target = context.model.entities[field.target]
        nested = _written(context, target, member.children or ())
    needed = not member.optional or (field is not None and is_required(field))
    return ir.InputMember(
        field=member.field,
        required=needed and not has_default,
        nested=nested,
        by=member.by.text if member.by is not None else None,
        creates=member.creates,
        called=member.called.text if member.called is not None else None,
    )
