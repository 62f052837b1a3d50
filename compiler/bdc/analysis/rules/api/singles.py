"""A resource that is one row of its caller: the caller itself, or the one row that refers to it."""

from collections.abc import Iterator

from bdc.analysis.exposure import resources
from bdc.model import Model
from bdc.model.errors.relations import BadSingle
from bdc.model.nodes.api import Resource
from bdc.model.nodes.entity import Entity, IndexKey, ReferenceField, ScalarField
from bdc.model.versions import main_resource

_NOT_OF_ONE = ("list", "create")


def singles(model: Model) -> Iterator[BadSingle]:
    """Report resources marked `@single` that do not lead to one row, and what one row does not offer."""
    for resource in resources(model):
        if resource.single is None:
            continue
        entity = model.entities[resource.entity]
        for word in resource.operations or ():
            if word.text in _NOT_OF_ONE:
                why = f"`{word.text}` is about many rows, or a new one"
                yield BadSingle(entity.name, why, f"remove `{word.text}` from `ops`", word.span)
        why, help_ = _against(model, entity, resource)
        if why:
            yield BadSingle(entity.name, why, help_, resource.single)


def _against(model: Model, entity: Entity, resource: Resource) -> tuple[str, str]:
    """Return why there is no such row, and what to write; '' where there is."""
    identity = model.identity
    if identity is None:
        return "callers are no rows: there is no `identity`", "declare `identity`, or remove `@single`"
    if entity.view is not None or len(entity.key) != 1:
        return "it has no key of one part", "remove `@single`"
    if resource.parent is not None:
        return "it stands under other rows", "write the resource outside"
    if resource.bulk or resource.custom:
        return (
            "`@bulk` and operations need a row that the path names",
            "write them in a resource without `@single`",
        )
    other = _keyed(model, entity, resource)
    callers = [each.entity for each in (identity, *model.others)]
    if resource.by is None and entity.name not in callers:
        return (
            f"callers are rows of {' or '.join(f'`{name}`' for name in callers)}",
            f"name the reference that leads to the caller: `@single(owner)`, or use `{identity.entity}`",
        )
    if resource.by is not None and (found := _no_owner(model, entity, resource.by.text)):
        return found, "name a required, unique reference to the caller: `@single(owner)`"
    return _beside(model, entity, resource, other) if other is not None else ("", "")


def _keyed(model: Model, entity: Entity, resource: Resource) -> Resource | None:
    """Return the resource that has a path for each row: the main one of the same api, else that of another."""
    api = next(api for api in model.apis if any(each is resource for each in api.resources))
    main = main_resource(api, entity.name)
    if main.single is None:
        return main
    return next(
        (each for each in resources(model) if each.entity == entity.name and each.single is None), None
    )


def _no_owner(model: Model, entity: Entity, name: str) -> str:
    """Return why the row does not follow from its reference `name` to the caller; '' where it does."""
    field, policy = entity.find(name), model.policy(entity.name)
    callers = [each.entity for each in (model.identity, *model.others) if each is not None]
    if not isinstance(field, ReferenceField) or field.target not in callers:
        return f"`{name}` does not lead to the caller"
    if field.nullable or field.carriers:
        return f"`{name}` may be missing, or other fields carry it"
    if (
        not field.unique
        and entity.key != (name,)
        and not any(
            unique.where is None and unique.keys == (IndexKey(field=name),) for unique in entity.uniques
        )
    ):
        return f"several rows may have one `{name}`"
    if any(rule.field == name and rule.read is not None for rule in (policy.fields if policy else ())):
        return f"`{name}` is hidden from some callers"
    return ""


def _beside(model: Model, entity: Entity, resource: Resource, other: Resource) -> tuple[str, str]:
    """Return the conflict with the resource of the same entity that has a path for each row, and the remedy."""
    if resource.by is not None or other.parent is not None:
        return "another resource has these rows", "write one of the two"
    both = [verb for verb in ("update", "delete") if resource.offers(verb) and other.offers(verb)]
    if both:
        return f"`{both[0]}` is offered by another resource too", f"remove `{both[0]}` from one of the two"
    shown = (resource.filters, resource.search, resource.sorts, resource.order, resource.expand)
    if (
        any(shown)
        or resource.nearest is not None
        or resource.selectable
        or resource.can
        or resource.conditional
    ):
        return "how rows are read is said by the other resource", "write it there: it holds here too"
    sealed = any(isinstance(each, ScalarField) and each.encrypted for each in entity.fields)
    if other.by is not None and sealed and resource.offers("update"):
        return (
            "encrypted values belong to the key of their row",
            f"remove `by` from the resource `{entity.name}`",
        )
    return "", ""
