"""`@hidden` and `@writeonly`: fields that no answer has.

What comes in: the attributes of a field, and later all entities. What goes out: `hidden` of fields, also of those that would tell a
hidden one: a reference that hidden fields carry, and a collection whose rows refer back by a hidden reference.
"""

from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.types import MisplacedAttribute
from bdc.model.nodes.entity import CollectionField, Entity, Field, ReferenceField
from bdc.source.records import replace

_AGAINST = {
    "id": "the key of a row stands in its path",
    "readonly": "no caller gives it or reads it",
    "tenant": "callers know their tenant",
}


def hides(attributes: Attributes) -> bool:
    """Say whether no answer has the field."""
    return attributes.has("hidden") or attributes.has("writeonly")


def judge_hiding(context: ResolveContext, attributes: Attributes) -> None:
    """Report what cannot stand beside `@hidden` or `@writeonly`."""
    for name in ("hidden", "writeonly"):
        written = attributes.get(name)
        if written is None or written.name != name:
            continue
        for other, why in _AGAINST.items():
            if attributes.has(other) and not (name == "hidden" and other == "readonly"):
                context.report(MisplacedAttribute(name, f"{why} (`@{other}`)", written.span))
        if name == "writeonly" and attributes.has("hidden"):
            why = "a `@hidden` field is in no input either"
            context.report(MisplacedAttribute(name, why, written.span, redundant=True))


def resolve_hiding(context: ResolveContext) -> None:
    """Hide relations that would tell hidden fields; report keys that hold one."""
    for name, entity in tuple(context.entities.items()):
        fields = tuple(_hidden(context, entity, field) for field in entity.fields)
        if fields != entity.fields:
            context.entities[name] = replace(entity, fields=fields)
        for part in entity.key:
            field = entity.find(part)
            attributes = field.declared.attributes if field is not None else ()
            for written in attributes:
                if written.name in ("hidden", "writeonly") and not any(
                    each.name == "id" for each in attributes
                ):
                    why = "the key of a row stands in its path"
                    context.report(MisplacedAttribute(written.name, why, written.span))


def _hidden(context: ResolveContext, entity: Entity, field: Field) -> Field:
    match field:
        case ReferenceField(carriers=carriers) if any(_is_hidden(entity, name) for name in carriers):
            return replace(field, hidden=True)
        case CollectionField(through=None):
            target = context.entities.get(field.target)
            return replace(field, hidden=True) if _is_hidden(target, field.inverse) else field
        case CollectionField():
            link = context.entities.get(field.through or "")
            told = _is_hidden(link, field.inverse) or _is_hidden(link, field.far or "")
            return replace(field, hidden=True) if told else field
    return field


def _is_hidden(entity: Entity | None, name: str) -> bool:
    field = entity.find(name) if entity is not None else None
    return field is not None and field.hidden
