"""One field of a row that gets a value: in `set`, in a statement, in a seed."""

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownField
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions import Scope, value
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, ReferenceField
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
