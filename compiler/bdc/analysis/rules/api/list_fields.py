"""Filters, sorts and searches are over what can be compared, and over what every reader may see."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc import ir
from bdc.analysis.exposure import resources
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import BAD_LIST_FIELD, BAD_OPERATOR, HIDDEN_FIELD
from bdc.model import Model
from bdc.model.nodes.api import Filter, Resource
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, Field, ReferenceField, ScalarField
from bdc.model.nodes.policy import Word
from bdc.model.typing.types import describe, is_text, ordered, scalar_of
from bdc.source import Span

_EVERY = ("eq", "in", "ne")
_ORDERED = ("range", "gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class BadListField(Fact):
    DIAGNOSTIC = BAD_LIST_FIELD

    use: str
    field: str
    why: str
    span: Span
    instead: str = "another field"


@dataclass(frozen=True, slots=True)
class BadOperator(Fact):
    DIAGNOSTIC = BAD_OPERATOR

    field: str
    operator: str
    known: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class HiddenField(Fact):
    DIAGNOSTIC = HIDDEN_FIELD

    use: str
    field: str
    span: Span
    rule: Span


def list_fields(model: Model) -> Iterator[Fact]:
    for resource in resources(model):
        entity = model.entities[resource.entity]
        for written in resource.filters:
            yield from _filter(entity, written)
        for word in resource.sorts:
            yield from _sort(entity, word)
        for word in resource.search:
            yield from _search(entity, word)
        yield from _hidden(model, resource)


def _filter(entity: Entity, written: Filter) -> Iterator[Fact]:
    field = entity.find(written.field)
    if isinstance(field, ReferenceField) and field.carriers:
        named = ", ".join(f"`{name}`" for name in field.carriers)
        yield BadListField("filtered", field.name, f"it is carried by {named}", written.span, "these")
        return
    if isinstance(field, CollectionField | ReferenceField):
        known: tuple[str, ...] = ("eq", "in") if isinstance(field, CollectionField) else _EVERY
        known += ("isnull",) if isinstance(field, ReferenceField) and field.nullable else ()
    elif isinstance(field, ScalarField) or (isinstance(field, ComputedField) and field.kept is not None):
        why = _incomparable(field)
        if why:
            yield BadListField("filtered", field.name, why, written.span)
            return
        known = (*_operators(field.type), *(("isnull",) if field.nullable else ()))
    else:
        yield BadListField("filtered", written.field, "it is computed at read time", written.span)
        return
    for word in written.operators:
        if word.text not in known:
            yield BadOperator(written.field, word.text, known, word.span)


def _operators(type_: ir.Type) -> tuple[str, ...]:
    text = ("contains", "startswith") if is_text(type_) else ()
    return (*_EVERY, *(_ORDERED if ordered(type_) else ()), *text)


def _incomparable(field: ScalarField | ComputedField) -> str:
    if isinstance(field, ScalarField) and field.encrypted:
        return "it is encrypted"
    if isinstance(field.type, ir.StructType | ir.ArrayType) or scalar_of(field.type) in _OPAQUE:
        return f"`{describe(field.type)}` values cannot be compared"
    return ""


_OPAQUE = (ir.Scalar.JSON, ir.Scalar.BYTES)


def _sort(entity: Entity, word: Word) -> Iterator[Fact]:
    field = entity.find(word.text)
    if not isinstance(field, ScalarField | ComputedField) or (
        isinstance(field, ComputedField) and field.kept is None
    ):
        what = "it is computed at read time" if isinstance(field, ComputedField) else "it is a relation"
        yield BadListField("sorted", word.text, what, word.span)
        return
    why = _incomparable(field) or (
        "" if ordered(field.type) else f"`{describe(field.type)}` values have no order"
    )
    if why:
        yield BadListField("sorted", word.text, why, word.span)


def _search(entity: Entity, word: Word) -> Iterator[Fact]:
    field: Field | None = entity.find(word.text)
    if not isinstance(field, ScalarField) or not field.searchable:
        yield BadListField("searched", word.text, "it is not `@searchable`", word.span)


def _hidden(model: Model, resource: Resource) -> Iterator[Fact]:
    policy = model.policy(resource.entity)
    rules = (
        {rule.field: rule for rule in policy.fields if rule.read is not None} if policy is not None else {}
    )
    used = (
        *(("filtered", each.field, each.span) for each in resource.filters),
        *(("sorted", word.text, word.span) for word in resource.sorts),
        *(("searched", word.text, word.span) for word in resource.search),
    )
    for use, name, span in used:
        if name in rules:
            yield HiddenField(use, name, span, rules[name].span)
