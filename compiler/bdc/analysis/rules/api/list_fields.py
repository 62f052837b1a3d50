"""Filters, sorts and searches are over what can be compared, and over what every reader may see."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import resources
from bdc.analysis.expressions import calls_of
from bdc.diagnostics import Edit, Fact, Fix, did_you_mean
from bdc.diagnostics.catalogue.analysis import BAD_LIST_FIELD, BAD_OPERATOR, HIDDEN_FIELD, HIDDEN_RELATION
from bdc.diagnostics.elsewhere import OPERATORS
from bdc.ir.physical import VECTORS, base_name, physical
from bdc.model import Model
from bdc.model.apis.lists import at_end, followed
from bdc.model.nodes.api import Expand, Filter, Resource
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, Field, ReferenceField, ScalarField
from bdc.model.nodes.policy import Word
from bdc.model.typing.types import describe, is_text, ordered, scalar_of
from bdc.source import Span
from bdc.source.records import dataclass

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

    def help_text(self) -> str:
        meant = self._meant()
        return f"did you mean `{meant}`?" if meant else Fact.help_text(self)

    def fix(self) -> Fix | None:
        meant = self._meant()
        return Fix(f"write `{meant}`", (Edit(self.span, meant),)) if meant else None

    def _meant(self) -> str | None:
        said = OPERATORS.get(self.operator.lower())
        return said if said in self.known else did_you_mean(self.operator, self.known)


@dataclass(frozen=True, slots=True)
class HiddenField(Fact):
    DIAGNOSTIC = HIDDEN_FIELD

    use: str
    field: str
    span: Span
    rule: Span


@dataclass(frozen=True, slots=True)
class HiddenRelation(Fact):
    DIAGNOSTIC = HIDDEN_RELATION

    field: str
    span: Span
    rule: Span


def list_fields(model: Model) -> Iterator[Fact]:
    for resource in resources(model):
        entity = model.entities[resource.entity]
        for written in resource.filters:
            yield from _filter(at_end(model.entities, resource.entity, written.path), written)
        for word in _sorts(resource):
            yield from _sort(at_end(model.entities, resource.entity, word.text), word)
        for word in resource.search:
            yield from _search(entity, word)
        yield from _near(entity, resource)
        yield from _hidden(model, resource)
        yield from _expanded(model, entity, resource.expand)


def _sorts(resource: Resource) -> list[Word]:
    """Return what a list is sorted by: what callers may ask for, and its own order where that is something else."""
    own = [Word(word.text.removeprefix("-"), word.span) for word in resource.order]
    asked = {word.text for word in resource.sorts}
    return [*resource.sorts, *(word for word in own if word.text not in asked)]


def _filter(entity: Entity, written: Filter) -> Iterator[Fact]:
    field = entity.find(written.field)
    if isinstance(field, ReferenceField) and field.carriers:
        named = ", ".join(f"`{name}`" for name in field.carriers)
        yield BadListField("filtered", written.path, f"it is carried by {named}", written.span, "these")
        return
    if isinstance(field, CollectionField | ReferenceField):
        known: tuple[str, ...] = ("eq", "in") if isinstance(field, CollectionField) else _EVERY
        known += ("isnull",) if isinstance(field, ReferenceField) and field.nullable else ()
    elif isinstance(field, ScalarField | ComputedField):
        why = _incomparable(field, lists=True)
        if why:
            yield BadListField("filtered", written.path, why, written.span)
            return
        known = (*_operators(field.type), *(("isnull",) if field.nullable else ()))
        if not known:
            why = f"`{describe(field.type)}` values are not filtered"
            yield BadListField(
                "filtered",
                written.path,
                why,
                written.span,
                f"another field: `nearest {field.name} using cosine` orders by it",
            )
            return
    else:
        return
    for word in written.operators:
        if word.text not in known:
            yield BadOperator(written.path, word.text, known, word.span)


def _operators(type_: ir.Type) -> tuple[str, ...]:
    if ir.vector_length(type_) is not None:
        return ()
    if isinstance(type_, ir.ArrayType):
        return ("contains",)
    text = (
        ("contains", "startswith")
        if is_text(type_) and base_name(physical(type_) or "") not in VECTORS
        else ()
    )
    return (*_EVERY, *(_ORDERED if ordered(type_) else ()), *text)


def _incomparable(field: ScalarField | ComputedField, *, lists: bool = False) -> str:
    """Say why values of a field cannot be compared, '' where they can. `lists`: it is enough that their items can."""
    if isinstance(field, ScalarField) and field.encrypted:
        return "it is encrypted"
    type_ = field.type.item if lists and isinstance(field.type, ir.ArrayType) else field.type
    if isinstance(type_, ir.StructType | ir.ArrayType) or scalar_of(type_) in _OPAQUE:
        return f"`{describe(field.type)}` values cannot be compared"
    return ""


_OPAQUE = (ir.Scalar.JSON, ir.Scalar.BYTES)
_CLOCK = {"now", "today"}


_RANKED = "a computed number: `rank: int @computed(if level == urgent then 2 else 1)`"


def _sort(entity: Entity, word: Word) -> Iterator[Fact]:
    field = entity.find(word.text.rpartition(".")[2])
    if not isinstance(field, ScalarField | ComputedField):
        yield BadListField("sorted", word.text, "it is a relation", word.span)
        return
    why = _incomparable(field)
    if not why and not ordered(field.type):
        why, ranked = f"`{describe(field.type)}` values have no order", isinstance(field.type, ir.EnumType)
        yield BadListField("sorted", word.text, why, word.span, _RANKED if ranked else "another field")
        return
    if not why and isinstance(field, ComputedField) and field.expr and _CLOCK & set(calls_of(field.expr)):
        why = "it depends on the time of the request, so pages would not fit together"
    if why:
        yield BadListField("sorted", word.text, why, word.span)


def _search(entity: Entity, word: Word) -> Iterator[Fact]:
    field: Field | None = entity.find(word.text)
    if not isinstance(field, ScalarField) or not field.searchable:
        yield BadListField("searched", word.text, "it is not `@searchable`", word.span)
    elif base_name(physical(field.type) or "") in VECTORS:
        yield BadListField("searched", word.text, "its column is a vector", word.span)


def _near(entity: Entity, resource: Resource) -> Iterator[Fact]:
    word = resource.nearest.field if resource.nearest is not None else None
    field = entity.find(word.text) if word is not None else None
    if word is not None and not (isinstance(field, ScalarField) and ir.vector_length(field.type) is not None):
        yield BadListField("ordered", word.text, "it is no vector", word.span, "a field of type `vector(n)`")


def _hidden(model: Model, resource: Resource) -> Iterator[Fact]:
    used = (
        *(("filtered", each.path, each.span) for each in resource.filters),
        *(("sorted", word.text, word.span) for word in _sorts(resource)),
        *(("searched", word.text, word.span) for word in resource.search),
        *(("ordered", each.field.text, each.field.span) for each in (resource.nearest,) if each is not None),
    )
    for use, path, span in used:
        rule = next(_rules(model, resource, path), None)
        if rule is not None:
            yield HiddenField(use, path, span, rule)


def _expanded(model: Model, entity: Entity, expands: tuple[Expand, ...]) -> Iterator[HiddenRelation]:
    for each in expands:
        field = entity.find(each.field)
        if field is not None and field.hidden:
            yield HiddenRelation(each.field, each.span, field.span)
        elif isinstance(field, ReferenceField | CollectionField):
            yield from _expanded(model, model.entities[field.target], each.children)


def _rules(model: Model, resource: Resource, path: str) -> Iterator[Span]:
    """Yield the rules that hide a field which the path looks at: a relation on the way, or the field at its end."""
    fields = [(owner, relation.name) for owner, relation in followed(model.entities, resource.entity, path)]
    fields.append((at_end(model.entities, resource.entity, path), path.rpartition(".")[2]))
    for owner, name in fields:
        field = owner.find(name)
        if field is not None and field.hidden:
            yield field.span
        policy = model.policy(owner.name)
        for rule in policy.fields if policy is not None else ():
            if rule.field == name and rule.read is not None:
                yield rule.span
