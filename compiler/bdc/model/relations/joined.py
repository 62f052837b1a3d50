"""Collections through a third entity: by which of its references it leads from here, and by which on to the far side."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownField
from bdc.model.errors.relations import BadThrough, UnclearJoin
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField
from bdc.naming.casing import pascal
from bdc.source.records import replace
from bdc.syntax import ast


def references(entity: Entity, target: str) -> tuple[ReferenceField, ...]:
    """Return the references of `entity` to `target`."""
    return tuple(
        field for field in entity.fields if isinstance(field, ReferenceField) and field.target == target
    )


def join_through(
    context: ResolveContext, entity: Entity, field: CollectionField, written: tuple[ast.Path, ...]
) -> CollectionField:
    """Return the collection with the references that `@through(Join)`, `@through(Join.near)` or `@through(Join.near, Join.far)` means.

    What does not lead from `entity` to the target is reported, and leaves the collection as it was.
    """
    join = context.entity(replace(written[0], names=written[0].names[:1]))
    if join is None:
        return field
    facts = list(_wrong(join, entity, field, written))
    for fact in facts[:1]:
        context.report(fact)
    found = _ends(join, entity, field, written)
    if facts or found is None:
        return field
    return replace(field, inverse=found[0], through=join.name, far=found[1])


def _wrong(
    join: Entity, entity: Entity, field: CollectionField, written: tuple[ast.Path, ...]
) -> Iterator[Fact]:
    """Yield what is wrong with the names that are written, or with the choice that is left to us."""
    place = f"{entity.name}.{field.name}"
    for path, target in zip(written, (entity.name, field.target), strict=False):
        known = tuple(each.name for each in references(join, target))
        name = path.last.text
        if path.names[0].text != written[0].names[0].text or len(path.names) > 2 or len(written) > 2:
            yield BadThrough(place, join.name, "both references belong to one entity", path.span)
        elif len(path.names) == 2 and join.find(name) is None and not join.is_unread(name):
            yield UnknownField(f"entity `{join.name}`", name, path.last.span, known)
        elif len(path.names) == 2 and name not in known and not join.is_unread(name):
            yield BadThrough(place, join.name, f"`{name}` does not refer to `{target}`", path.span)
    if len(written) == 2 and written[0].text == written[1].text:
        yield BadThrough(place, join.name, "both ends are the same reference", written[1].span)
    for target, names in zip(
        (entity.name, field.target), _choices(join, entity, field, written), strict=True
    ):
        if len(names) != 1 and not join.unread:
            count = "more than one reference" if names else "no reference"
            help_ = _both(join, entity, field) if names else ""
            yield BadThrough(place, join.name, f"it has {count} to `{target}`", written[0].span, help_)


def _choices(
    join: Entity, entity: Entity, field: CollectionField, written: tuple[ast.Path, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return by which references it may lead from here, and by which to the far side."""
    near, far = (path.last.text if len(path.names) == 2 else "" for path in (*written, written[0])[:2])
    far = far if len(written) > 1 else ""
    from_here = (near,) if near else tuple(each.name for each in references(join, entity.name))
    taken = near if entity.name == field.target else ""
    to_there = (far,) if far else tuple(each.name for each in references(join, field.target))
    return from_here, tuple(name for name in to_there if far or name != taken)


def _ends(
    join: Entity, entity: Entity, field: CollectionField, written: tuple[ast.Path, ...]
) -> tuple[str, str] | None:
    near, far = _choices(join, entity, field, written)
    return (near[0], far[0]) if len(near) == len(far) == 1 else None


def _both(join: Entity, entity: Entity, field: CollectionField) -> str:
    near = references(join, entity.name)[0].name
    far = next((each.name for each in references(join, field.target) if each.name != near), "…")
    return f"name both references: `@through({join.name}.{near}, {join.name}.{far})`"


def unclear_join(
    context: ResolveContext, entity: Entity, field: CollectionField, target: Entity
) -> UnclearJoin:
    """Say why no entity was made between a collection and its target."""
    place = f"{entity.name}.{field.name}"
    others = tuple(
        each.name
        for each in target.fields
        if isinstance(each, CollectionField) and each.target == entity.name and target is not entity
    )
    alone = f"{entity.name}{pascal(field.name)}"
    for name in (f"{entity.name}{target.name}", alone):
        if name in context.entities:
            why = f"entity `{name}` exists, but it is not clear whether it joins them"
            help_ = f"write `@through({name})`, or rename one of them"
            return UnclearJoin(place, why, field.span, help_, context.entities[name].span)
    if entity.tenant_root or target.tenant_root:
        why = "a relation to a tenant needs an entity of that tenant"
        return UnclearJoin(
            place, why, field.span, f"declare it, and write `@through({entity.name}{target.name})`"
        )
    if others:
        why = f"it may be the other side of {_listed(target, others)}, or a relation of its own"
        help_ = f"write `@inverse({others[0]})`, or `@through` for one of its own"
        return UnclearJoin(place, why, field.span, help_)
    help_ = f"declare an entity, and write `@through({entity.name}{target.name})`"
    return UnclearJoin(place, "no entity is made for a collection of a mixin", field.span, help_)


def _listed(target: Entity, names: tuple[str, ...]) -> str:
    return " or ".join(f"`{target.name}.{name}`" for name in names)
