"""A condition of the new side in the names of the old one, so that a rename is no change of a rule."""

from typing import Any, TypeVar

from bdc.changes.sides import Renames
from bdc.ir import EntityType, EnumType, Expr, Literal, Node, PathStep

Tree = TypeVar("Tree", bound=Expr | None)


def earlier(expr: Tree, renames: Renames) -> Tree:
    """Return `expr` as the old side would have written it."""
    if not (renames.entities or renames.enums or renames.fields or renames.values):
        return expr
    found: Tree = _rewritten(expr, renames)
    return found


def _rewritten(value: Any, renames: Renames) -> Any:
    match value:
        case tuple():
            return tuple(_rewritten(item, renames) for item in value)
        case PathStep(entity=str() as entity, field=field):
            here = {"entity": renames.entity(entity), "field": renames.field(entity, field)}
            return value.model_copy(update=here)
        case EntityType():
            return EntityType(name=renames.entity(value.name))
        case EnumType():
            return EnumType(name=renames.enum(value.name))
        case Literal(type=EnumType(name=enum), value=str() as name):
            kept = {"type": EnumType(name=renames.enum(enum)), "value": renames.value(enum, name)}
            return value.model_copy(update=kept)
        case Node():
            parts = {name: _rewritten(part, renames) for name, part in value}
            return value.model_copy(update=parts)
        case _:
            return value
