"""A resource in a resource: the reference that leads to the row around, and the path that names it."""

from dataclasses import replace

from bdc.model.apis.bindings import holes, row_names
from bdc.model.apis.lists import look_up
from bdc.model.context import ResolveContext
from bdc.model.errors.relations import BadNesting, ViaNowhere
from bdc.model.nodes.api import Resource
from bdc.model.nodes.entity import Entity, ReferenceField
from bdc.syntax import ast


def nested(
    context: ResolveContext, declared: ast.ResourceDecl, resource: Resource, parent: Resource
) -> Resource | None:
    """Return `resource` under a row of `parent`; None where no reference leads there (reported)."""
    entity, around = context.entities[resource.entity], context.entities[parent.entity]
    found = _leading(entity, around)
    if declared.via is not None:
        name = look_up(context, entity, ast.Path((declared.via,), span=declared.via.span))
        if name is None:
            return None
        if all(each.name != name for each in found):
            names = "".join(f": `via {each.name}`" for each in found[:1])
            help_ = f"name a reference to `{around.name}`{names}, or write the resource outside"
            why = f"`{name}` does not lead to `{around.name}`"
            context.report(BadNesting(entity.name, around.name, why, help_, declared.via.span))
            return None
        found = tuple(each for each in found if each.name == name)
    why, help_ = _against(entity, around, found)
    if parent.single is not None:
        why, help_ = "its path names no row", "write the resource outside"
    if why:
        context.report(BadNesting(entity.name, around.name, why, help_, resource.span))
        return None
    (reference,) = found
    own = row_names(resource, entity)
    row = "".join(f"/{{{name}}}" for name in row_names(parent, around))
    path = _renamed(parent.path + row, own, reference.name) + resource.path
    return replace(resource, path=path, parent=around.name, via=reference.name)


def against_via(context: ResolveContext, declared: ast.ResourceDecl) -> None:
    """Report `via` at a resource that stands in no other."""
    if declared.via is not None:
        context.report(ViaNowhere(declared.entity.text, declared.via.text, declared.via.span))


def _leading(entity: Entity, around: Entity) -> tuple[ReferenceField, ...]:
    """Return the references that may lead to the row around: those that every row has come before others."""
    found = tuple(
        each
        for each in entity.fields
        if isinstance(each, ReferenceField) and each.target == around.name and not each.tenant
    )
    return tuple(each for each in found if not each.nullable) or found


def _against(entity: Entity, around: Entity, found: tuple[ReferenceField, ...]) -> tuple[str, str]:
    """Return why rows do not stand under a row of `around`, and what to write; '' where they do."""
    apart = "write the resource outside, with a filter"
    if entity.view is not None or around.view is not None:
        return "a view has no rows of its own", apart
    if not found:
        return f"`{entity.name}` has no reference to `{around.name}`", apart
    if len(found) > 1:
        named = " and ".join(f"`{each.name}`" for each in found)
        return f"{named} lead there", f"name one before the brace: `via {found[0].name}`"
    (reference,) = found
    if reference.nullable:
        return (
            f"`{reference.name}` can be null",
            f"make `{reference.name}` required: write its type without `?`",
        )
    return "", ""


def _renamed(path: str, own: tuple[str, ...], via: str) -> str:
    """Return the path of the row around, its parameters named so that they differ from those of the row itself."""
    taken = {*own, *holes(path)}
    for name in holes(path):
        if name in own:
            other = f"{via}_{name}"
            while other in taken:
                other += "_"
            taken.add(other)
            path = path.replace(f"{{{name}}}", f"{{{other}}}")
    return path
