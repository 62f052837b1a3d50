"""Inputs hold what a caller may give, all of what a new row needs, and nothing that is the system's to say."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import resources
from bdc.analysis.linked import (
    against_attributes,
    against_collection,
    against_replacement,
    is_remedied,
)
from bdc.analysis.needed import is_needed
from bdc.diagnostics import Declared, Edit, Fact
from bdc.diagnostics.catalogue.analysis import (
    FORBIDDEN_INPUT,
    INCOMPLETE_INPUT,
    INPUT_WITHOUT_KEY,
    NOTHING_TO_GIVE,
    OPTIONAL_BUT_NEEDED,
)
from bdc.model import Model
from bdc.model.expressions.rows import mentions_row
from bdc.model.nodes.api import InputMember, Resource
from bdc.model.nodes.entity import (
    CollectionField,
    ComputedField,
    Entity,
    Field,
    ReferenceField,
    ScalarField,
    led_by,
)
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class IncompleteInput(Fact):
    DIAGNOSTIC = INCOMPLETE_INPUT

    entity: str
    names: tuple[str, ...]
    span: Span
    key: frozenset[str] = frozenset()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The parts of the key that are missing."""
        return tuple(name for name in self.names if name in self.key)

    @property
    def keys(self) -> str:
        listed = " and ".join(f"`{name}`" for name in self.wanted)
        return f"{listed} {'are' if len(self.wanted) > 1 else 'is'}"

    @property
    def them(self) -> str:
        return "them" if len(self.wanted) > 1 else "it"

    @property
    def others(self) -> str:
        return "" if self.wanted == self.names else "; other fields can be optional (`?`)"

    def declaration(self) -> Declared:
        return INPUT_WITHOUT_KEY if self.wanted else INCOMPLETE_INPUT


@dataclass(frozen=True, slots=True)
class ForbiddenInput(Fact):
    DIAGNOSTIC = FORBIDDEN_INPUT

    field: str
    why: str
    span: Span
    remedied: bool = True

    def help_text(self) -> str:
        """Return nothing where the title says already what to write."""
        return Fact.help_text(self) if self.remedied else ""

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "", is_item=True),) if self.remedied else ()


@dataclass(frozen=True, slots=True)
class OptionalButNeeded(Fact):
    """`name?` in an input, of a field that is never null and has no default."""

    DIAGNOSTIC = OPTIONAL_BUT_NEEDED

    field: str
    example: str
    span: Span


@dataclass(frozen=True, slots=True)
class NothingToGive(Fact):
    DIAGNOSTIC = NOTHING_TO_GIVE

    entity: str
    verb: str
    span: Span

    @property
    def left(self) -> str:
        """The other operations."""
        return ", ".join(verb for verb in ("list", "get", "create", "update", "delete") if verb != self.verb)


def inputs(model: Model) -> Iterator[Fact]:
    for resource in resources(model):
        entity = model.entities[resource.entity]
        spans = dict(resource.input_spans)
        if resource.create is not None:
            span = spans.get("create", resource.span)
            yield from _create(model, entity, resource.create, span, resource.via)
        elif resource.offers("create"):
            yield from _unreachable(model, entity, resource)
        for member in resource.update or ():
            yield from _update(model, entity, member, resource.via)
        yield from _nothing(model, entity, resource, spans)


def _nothing(model: Model, entity: Entity, resource: Resource, spans: dict[str, Span]) -> Iterator[Fact]:
    """An input takes something, written or by default."""
    free = [
        field for field in entity.fields if _is_plain(field) and not _forbidden(model, entity, field, None)
    ]
    for verb, written, possible in (
        ("create", resource.create, any(not _is_made(entity, field) for field in free)),
        ("update", resource.update, any(not _is_fixed(entity, field) for field in free)),
    ):
        if resource.offers(verb) and not (possible if written is None else written):
            yield NothingToGive(entity.name, verb, spans.get(verb, resource.span))


def _is_plain(field: Field) -> bool:
    return isinstance(field, ScalarField | ReferenceField)


def _is_made(entity: Entity, field: Field) -> bool:
    """A key with a default is made by the system."""
    if isinstance(field, ReferenceField):
        return field.default is not None
    return field.name in entity.key and isinstance(field, ScalarField) and field.is_made


def _is_fixed(entity: Entity, field: Field) -> bool:
    return field.name in entity.key or (isinstance(field, ScalarField | ReferenceField) and field.immutable)


def _create(
    model: Model, entity: Entity, members: tuple[InputMember, ...], span: Span, owner: str | None
) -> Iterator[Fact]:
    given = {member.field for member in members}
    around = led_by(entity, owner)
    missing = tuple(
        field.name
        for field in entity.fields
        if field.name not in given and field.name not in around and is_needed(field)
    )
    if missing:
        yield IncompleteInput(entity.name, missing, span, frozenset(entity.key))
    for member in members:
        field = entity.find(member.field)
        why = (
            "it refers to the enclosing row"
            if member.field in around
            else _forbidden(model, entity, field, member)
        )
        if not why and not isinstance(field, CollectionField):
            why = against_attributes(member)
        if not why and member.replace:
            why = "a new row has nothing to replace: write it without `@replace`"
        if why:
            yield ForbiddenInput(member.field, why, member.span, is_remedied(member, why))
        elif member.optional and isinstance(field, ScalarField | ReferenceField) and is_needed(field):
            listed = isinstance(field, ScalarField) and isinstance(field.type, ir.ArrayType)
            yield OptionalButNeeded(field.name, "[]" if listed else "…", member.span)
        elif isinstance(field, CollectionField) and field.through is None:
            yield from _create(
                model, model.entities[field.target], member.children or (), member.span, field.inverse
            )


def given_to_a_new_row(
    model: Model, entity: Entity, members: tuple[InputMember, ...], span: Span
) -> Iterator[Fact]:
    """Yield what `members` are without, and what a caller cannot give."""
    yield from _create(model, entity, members, span, None)


def _unreachable(model: Model, entity: Entity, resource: Resource) -> Iterator[Fact]:
    """Without an input of its own, create takes every field that a caller may give: some may remain."""
    around = led_by(entity, resource.via)
    missing = tuple(
        field.name
        for field in entity.fields
        if is_needed(field) and field.name not in around and _forbidden(model, entity, field, None)
    )
    if missing:
        yield IncompleteInput(entity.name, missing, resource.span, frozenset(entity.key))


def _forbidden(model: Model, entity: Entity, field: Field | None, member: InputMember | None) -> str:
    """Return why a caller cannot give a field; '' when one can."""
    match field:
        case ComputedField():
            return "it is computed"
        case CollectionField():
            return against_collection(model, field, member)
        case ReferenceField(carriers=carriers) if carriers:
            return f"it is written as {', '.join(f'`{name}`' for name in carriers)}"
        case ReferenceField():
            return (
                "the tenant is that of the caller"
                if field.tenant
                else _SECRET
                if _is_secret(field)
                else "it is `@readonly`"
                if field.readonly
                else ""
            )
        case ScalarField():
            return _scalar(model, entity, field)
    return ""


def _scalar(model: Model, entity: Entity, field: ScalarField) -> str:
    machine = model.machine(entity.name)
    if field.stamp is not None:
        return "the system sets it"
    if _is_secret(field):
        return _SECRET
    if field.readonly:
        return "it is `@readonly`"
    if machine is not None and machine.field == field.name:
        return "only operations change it, by its machine"
    if machine is not None and field.name in {f"{each.target}_at" for each in machine.transitions}:
        return "its machine sets it"
    if mentions_row(field.default):
        return "it is taken from a relation or from the caller when the row is written"
    return ""


def _is_secret(field: ScalarField | ReferenceField) -> bool:
    return field.hidden and field.readonly


_SECRET = "it is `@hidden`; write `@writeonly` there for a value that callers give and never see"


def _update(model: Model, entity: Entity, member: InputMember, via: str | None) -> Iterator[Fact]:
    field = entity.find(member.field)
    why = _forbidden(model, entity, field, member)
    if member.field == via:
        why = "the path names the row that it refers to"
    if isinstance(field, CollectionField) and not why:
        why = against_replacement(model, field, member)
    elif not why:
        why = against_attributes(member)
    if not why and field is not None and _is_fixed(entity, field):
        why = "it never changes"
    if why:
        yield ForbiddenInput(member.field, why, member.span, is_remedied(member, why))
    elif isinstance(field, CollectionField) and field.through is None:
        yield from _create(
            model, model.entities[field.target], member.children or (), member.span, field.inverse
        )
