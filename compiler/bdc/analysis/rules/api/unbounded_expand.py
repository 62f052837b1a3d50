"""A relation to many is expanded up to a bound, so that no answer grows without one."""

import re
from collections.abc import Iterator

from bdc.analysis.exposure import resources
from bdc.diagnostics import Edit, Fact
from bdc.diagnostics.catalogue.analysis import POINTLESS_BOUND, UNBOUNDED_EXPAND
from bdc.model import Model
from bdc.model.nodes.api import Expand
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField
from bdc.source import Span
from bdc.source.records import dataclass

_MAX = re.compile(r"\w+(\s*\(\s*max\s*:\s*[\d_]+\s*\))")


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
    bound: Span | None = None

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.bound, ""),) if self.bound is not None else ()


def unbounded_expand(model: Model) -> Iterator[Fact]:
    for resource in resources(model):
        yield from _judge(model, model.entities[resource.entity], resource.expand)


def _bound(model: Model, span: Span) -> Span | None:
    """Return where `(max: …)` stands in an expand."""
    found = _MAX.match(model.files[span.file].text, span.start, span.end)
    return Span(span.file, found.start(1), found.end(1)) if found else None


def _judge(model: Model, entity: Entity, expands: tuple[Expand, ...]) -> Iterator[Fact]:
    for expand in expands:
        field = entity.find(expand.field)
        if isinstance(field, CollectionField) and expand.max is None:
            yield UnboundedExpand(field.name, expand.span)
        elif isinstance(field, ReferenceField) and expand.max is not None:
            yield PointlessBound(field.name, expand.span, _bound(model, expand.span))
        if isinstance(field, ReferenceField | CollectionField):
            yield from _judge(model, model.entities[field.target], expand.children)
