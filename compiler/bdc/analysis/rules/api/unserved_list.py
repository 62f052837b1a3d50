"""At the declared load, filters and sorts are served by an index: a warning says which one is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.exposure import resources
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import UNSERVED_LIST
from bdc.model import Model
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField, ScalarField
from bdc.source import Span

FEW = 10_000  # below this many rows a scan is as good


@dataclass(frozen=True, slots=True)
class UnservedList(Fact):
    DIAGNOSTIC = UNSERVED_LIST

    entity: str
    field: str
    use: str
    rows: int
    columns: tuple[str, ...]
    span: Span


def unserved_list(model: Model) -> Iterator[Fact]:
    rows = {entry.name: entry.amount for entry in model.load if entry.kind == "rows"}
    for resource in resources(model):
        entity = model.entities[resource.entity]
        amount = rows.get(entity.name, 0) if entity.view is None else 0
        if amount <= FEW:
            continue
        used = (
            *((each.field, "filtered", each.span) for each in resource.filters),
            *((word.text, "sorted", word.span) for word in resource.sorts),
        )
        reported: set[str] = set()
        for name, use, span in used:
            if name not in reported and not _is_served(entity, name):
                reported.add(name)
                columns = tuple(each for each in (entity.tenant, name) if each is not None)
                yield UnservedList(entity.name, name, use, amount, columns, span)


def _is_served(entity: Entity, name: str) -> bool:
    """Say whether some index begins with the field, the tenant before it left aside. References have one of their own,
    and relations to many are looked up from the other side."""
    field = entity.find(name)
    if isinstance(field, ReferenceField | CollectionField):
        return True
    if isinstance(field, ScalarField) and field.unique:
        return True
    return any(_leads(entity, names, name) for names in _indexes(entity))


def _indexes(entity: Entity) -> Iterator[tuple[str, ...]]:
    yield entity.key
    for unique in entity.uniques:
        if unique.where is None:
            yield unique.fields
    for index in entity.indexes:
        if index.where is None:
            yield index.fields


def _leads(entity: Entity, names: tuple[str, ...], name: str) -> bool:
    own = tuple(each for each in names if each != entity.tenant)
    return bool(own) and own[0] == name
