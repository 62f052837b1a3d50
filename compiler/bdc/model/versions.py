"""Which members of entities the apis of a model show, by their versions."""

from bdc.ir.main_resource import main_offer
from bdc.ir.versions import is_shown, is_version
from bdc.model.model import Model
from bdc.model.nodes.api import Api, Resource
from bdc.model.nodes.entity import CollectionField, Entity, Field, ReferenceField


def is_versioned(field: Field) -> bool:
    """Return whether some version of an api may leave a field out."""
    return field.since is not None or field.removed is not None


def shows(api: Api, field: Field) -> bool:
    """Return whether an api shows a field. An api whose version cannot be compared is reported elsewhere: it shows all."""
    return not is_version(api.version) or is_shown(field.since, field.removed, api.version)


def is_whole(model: Model, api: Api) -> bool:
    """Return whether an api shows every member."""
    return all(shows(api, field) for entity in model.entities.values() for field in entity.fields)


def reaching(model: Model) -> frozenset[str]:
    """Return the entities with members that some version may leave out, and those whose relations lead to such an entity."""
    found = {each.name for each in model.entities.values() if any(map(is_versioned, each.fields))}
    while True:
        more = {
            each.name for each in model.entities.values() if each.name not in found and _leads_to(each, found)
        }
        if not more:
            return frozenset(found)
        found |= more


def _leads_to(entity: Entity, targets: set[str]) -> bool:
    return any(
        field.target in targets
        for field in entity.fields
        if isinstance(field, ReferenceField | CollectionField)
    )


def owners(model: Model) -> dict[str, tuple[Api, Resource]]:
    """Return what offers each entity under its own name, and whole: the api with GraphQL, else the first, and its main resource."""
    found: dict[str, tuple[Api, Resource]] = {}
    versioned = reaching(model)
    for api in (*(each for each in model.apis if each.graphql is not None), *model.apis):
        for resource in api.resources:
            if resource.entity not in versioned or is_whole(model, api):
                found.setdefault(resource.entity, (api, main_resource(api, resource.entity)))
    return found


def main_resource(api: Api, entity: str) -> Resource:
    """Return the resource of an entity that an api has, or of several the one that the others stand beside."""
    found = [each for each in api.resources if each.entity == entity]
    return main_offer([each for each in found if each.single is None] or found)
