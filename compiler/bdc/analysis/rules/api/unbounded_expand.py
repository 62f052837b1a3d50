"""A relation to many is expanded up to a bound, so that no answer grows without one."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.exposure import resources
from bdc.diagnostics import Edit, Fact
from bdc.diagnostics.catalogue.analysis import POINTLESS_BOUND, UNBOUNDED_EXPAND
from bdc.model import Model
from bdc.model.nodes.api import Expand
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class UnboundedExpand(Fact):
    DIAGNOSTIC = UNBOUNDED_EXPAND

    field: str
    span: Span

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.file, self.span.end, self.span.end), "(max: 100)"),)


@dataclass(frozen=True, slots=True)
class PointlessBound(Fact):
    DIAGNOSTIC = POINTLESS_BOUND

    field: str
    span: Span


def unbounded_expand(model: Model) -> Iterator[Fact]:
    for resource in resources(model):
        yield from _judge(model, model.entities[resource.entity], resource.expand)


def _judge(model: Model, entity: Entity, expands: tuple[Expand, ...]) -> Iterator[Fact]:
    for expand in expands:
        field = entity.find(expand.field)
        if isinstance(field, CollectionField) and expand.max is None:
            yield UnboundedExpand(field.name, expand.span)
        elif isinstance(field, ReferenceField) and expand.max is not None:
            yield PointlessBound(field.name, expand.span)
        if isinstance(field, ReferenceField | CollectionField):
            yield from _judge(model, model.entities[field.target], expand.children)
