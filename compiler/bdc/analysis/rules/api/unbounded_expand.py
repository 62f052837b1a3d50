"""A relation to many is expanded up to a bound, so that no answer grows without one."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.exposure import resources
from bdc.diagnostics import Diagnostic, Edit, Fact, Fix, Label
from bdc.model import Model
from bdc.model.nodes.api import Expand
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class UnboundedExpand:
    field: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E407",
            f"`{self.field}` may hold any number of rows, and this expands all of them",
            Label(self.span),
            help=f"say how many at most: `{self.field}(max: 100)`",
            fix=Fix("bound it", (Edit(Span(self.span.file, self.span.end, self.span.end), "(max: 100)"),)),
        )


@dataclass(frozen=True, slots=True)
class PointlessBound:
    field: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E408",
            f"`{self.field}` is one row at most, so `max` says nothing",
            Label(self.span),
            help=f"write `{self.field}` alone",
        )


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
