"""What rows show: the members of `show { … }`, looked up in their entity."""

from bdc.model.apis.lists import look_up
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownSetting
from bdc.model.errors.relations import BadShow
from bdc.model.nodes.api import Show, ShowMember, ShowPosition
from bdc.model.nodes.entity import CollectionField, Entity, Field, ReferenceField
from bdc.syntax import ast

_POSITIONS: dict[str, ShowPosition] = {"list": "list", "self": "self"}


def resolve_shows(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> tuple[Show, ...]:
    """Return what rows of a resource show, each position once."""
    found: dict[str, Show] = {}
    for item in declared.items:
        if not isinstance(item, ast.ShowItem):
            continue
        position = _position(context, item)
        if position is None:
            continue
        show = Show(position, _members(context, item.members, entity), item.span)
        first = found.setdefault(position, show)
        if first is not show:
            context.report(DuplicateMember("show", position, "this resource", item.span, first.span))
        if not show.members:
            context.report(BadShow(entity.name, "it names no member", "name what rows show", item.span))
    return tuple(found.values())


def _position(context: ResolveContext, item: ast.ShowItem) -> ShowPosition | None:
    if item.position is None:
        return "row"
    if item.position.text not in _POSITIONS:
        context.report(UnknownSetting(item.position.text, "`show`", item.position.span, tuple(_POSITIONS)))
    return _POSITIONS.get(item.position.text)


def _members(
    context: ResolveContext, written: tuple[ast.InputMember, ...], entity: Entity
) -> tuple[ShowMember, ...]:
    found: dict[str, ShowMember] = {}
    for each in written:
        name = look_up(context, entity, ast.Path((each.name,), span=each.name.span))
        field = entity.find(name) if name is not None else None
        if field is None:
            continue
        why, help_ = _against(field, each)
        if why:
            context.report(BadShow(field.name, why, help_, each.span))
            continue
        first = found.get(field.name)
        if first is not None:
            context.report(DuplicateMember("member", field.name, "this `show`", each.span, first.span))
            continue
        found[field.name] = ShowMember(field.name, _related(context, field, each), each.span)
    return tuple(found.values())


def _related(context: ResolveContext, field: Field, each: ast.InputMember) -> tuple[ShowMember, ...] | None:
    target = context.entities.get(field.target) if isinstance(field, ReferenceField) else None
    if each.children is None or target is None:
        return None
    return _members(context, each.children, target)


def _against(field: Field, each: ast.InputMember) -> tuple[str, str]:
    """Return why a row cannot show a field so, and what to write; '' where it can."""
    if each.optional:
        return "`?` belongs to inputs", "remove the `?`"
    if each.attributes:
        return "attributes belong to inputs", "remove the attribute"
    if getattr(field, "hidden", False):
        return "no answer has it", "remove it"
    if isinstance(field, CollectionField):
        return "these are many rows", "write them in `expand`, with `max`"
    if each.children is not None and not isinstance(field, ReferenceField):
        return "it is no row that has members", "remove the braces"
    if each.children is not None and not each.children:
        return "it names no member", "name what the related row shows, or remove the braces for its key"
    if isinstance(field, ReferenceField) and each.children is None and field.carriers:
        return "other fields carry its key", "write braces, or name these fields"
    return "", ""
