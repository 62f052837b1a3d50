"""One field of a row that gets a value: in `set`, in a statement, in a seed."""

from collections.abc import Iterator

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownField
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions import Scope, value
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, ReferenceField, ScalarField
from bdc.syntax import ast


def assign(context: ResolveContext, entity: Entity, entry: ast.Entry, scope: Scope) -> Assignment | None:
    """Return the typed assignment of one field of a row, or report why it cannot be."""
    name = entry.name.text
    field = entity.find(name)
    if field is None:
        if not entity.is_unread(name):
            context.report(UnknownField(f"entity `{entity.name}`", name, entry.name.span, entity.field_names))
        return None
    if isinstance(field, CollectionField | ComputedField):
        context.report(NotAllowedHere(f"`{name}`, which has no column,", "an assignment", entry.name.span))
        return None
    type_ = ir.EntityType(name=field.target) if isinstance(field, ReferenceField) else field.type
    expr = value(entry.value, scope, type_, field.nullable, f"`{name}`")
    return None if expr is None else Assignment(name, expr, entry.name.span)


def assigned(
    context: ResolveContext, entity: Entity, values: ast.ObjectLiteral, scope: Scope
) -> tuple[Assignment, ...]:
    """Return what each field gets; of several values for one field the last. A row that a reference to a key of several fields
    gets is the fields that carry its key."""
    found: dict[str, Assignment] = {}
    for entry in values.entries:
        one = assign(context, entity, entry, scope)
        for each in _spread(context, entity, one) if one is not None else ():
            found[each.field] = each
    return tuple(found.values())


def _spread(context: ResolveContext, entity: Entity, one: Assignment) -> Iterator[Assignment]:
    field = entity.find(one.field)
    if not isinstance(field, ReferenceField) or not field.carriers or not isinstance(one.value, ir.Path):
        yield one
        return
    for carrier, goal in zip(field.carriers, field.goals, strict=True):
        yield Assignment(carrier, _key_part(context, one.value, goal), one.span)


def _key_part(context: ResolveContext, row: ir.Path, column: str) -> ir.Path:
    """Return the value of a column of the row: behind a reference, that of the key it leads to."""
    assert isinstance(row.type, ir.EntityType)
    target = context.entities[row.type.name]
    field = next(
        each
        for each in target.fields
        if isinstance(each, ScalarField | ReferenceField) and not _is_carried(each) and each.column == column
    )
    type_ = ir.EntityType(name=field.target) if isinstance(field, ReferenceField) else field.type
    step = ir.PathStep(entity=target.name, field=field.name)
    path = row.model_copy(update={"steps": (*row.steps, step), "type": type_})
    if not isinstance(field, ReferenceField):
        return path
    return _key_part(context, path, _column(context.entities[field.target]))


def _is_carried(field: ScalarField | ReferenceField) -> bool:
    return isinstance(field, ReferenceField) and bool(field.carriers)


def _column(entity: Entity) -> str:
    """Return the column of a key of one field."""
    key = entity.find(entity.key[0])
    assert isinstance(key, ScalarField | ReferenceField)
    return key.column
