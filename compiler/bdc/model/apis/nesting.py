"""A resource in a resource: the reference that leads to the row around, and the path that names it."""

from dataclasses import replace

from bdc.model.apis.bindings import holes, row_names
from bdc.model.context import ResolveContext
from bdc.model.errors.relations import BadNesting
from bdc.model.nodes.api import Resource
from bdc.model.nodes.entity import Entity, ReferenceField


def nested(context: ResolveContext, resource: Resource, parent: Resource) -> Resource | None:
    """Return `resource` under a row of `parent`; None where no reference leads there (reported)."""
    entity, around = context.entities[resource.entity], context.entities[parent.entity]
    found = _leading(entity, around)
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


def _leading(entity: Entity, around: Entity) -> tuple[ReferenceField, ...]:
    return tuple(
        each
        for each in entity.fields
        if isinstance(each, ReferenceField) and each.target == around.name and not each.tenant
    )


def _against(entity: Entity, around: Entity, found: tuple[ReferenceField, ...]) -> tuple[str, str]:
    """Return why rows do not stand under a row of `around`, and what to write; '' where they do."""
    apart = "write the resource outside, with a filter"
    if entity.view is not None or around.view is not None:
        return "a view has no rows of its own", apart
    if not found:
        return f"`{entity.name}` has no reference to `{around.name}`", apart
    if len(found) > 1:
        named = " and ".join(f"`{each.name}`" for each in found)
        return f"{named} lead there", apart
    (reference,) = found
    if reference.carriers:
        return f"`{reference.name}` is carried by other fields", apart
    if reference.nullable:
        return (
            f"`{reference.name}` can be null",
            f"make `{reference.name}` required: write its type without `?`",
        )
    if len(around.key) != 1:
        return f"the key of `{around.name}` has several parts", apart
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
