"""An event that an operation emits can be filled: from its row, its parameters, the fields of its row."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import acting
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import UNFILLED_EVENT
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import ComputedField, Entity, ReferenceField, ScalarField
from bdc.model.nodes.values import Entry
from bdc.model.typing.types import describe, fits
from bdc.naming.casing import snake
from bdc.naming.references import key_member
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnfilledEvent(Fact):
    DIAGNOSTIC = UNFILLED_EVENT

    event: str
    member: str
    operation: str
    span: Span
    declared: Span
    keys: str = ""
    row: str = ""

    def help_text(self) -> str:
        return (
            f"an event carries its own row, and of other rows the key: {self.keys}"
            if self.keys
            else Fact.help_text(self)
        )


def emitted(model: Model) -> Iterator[Fact]:
    for operation in acting(model):
        for word in operation.emits:
            event = model.events[word.text]
            for member in event.members:
                if not _is_known(model, operation, member):
                    keys = _keys(model, operation, member)
                    row = f": `{snake(operation.entity)}: {operation.entity}`" if operation.entity else ""
                    yield UnfilledEvent(
                        event.name, member.name, operation.name, word.span, member.span, keys, row
                    )


def _is_known(model: Model, operation: Operation, member: Entry) -> bool:
    if any(each.row == member.name for each in operation.parameters):
        return False
    parameter = next((each for each in operation.parameters if each.name == member.name), None)
    if parameter is not None and fits(parameter.type, member.type):
        return True
    if operation.entity is None:
        return False
    if member.type == ir.EntityType(name=operation.entity):
        return True
    return any(
        name == member.name and fits(type_, member.type)
        for name, type_ in _shown(model, model.entities[operation.entity])
    )


def _shown(model: Model, entity: Entity) -> Iterator[tuple[str, ir.Type]]:
    """Yield what the row shows of itself by name: its fields, and the key of each reference that one column carries."""
    for field in entity.fields:
        if isinstance(field, ScalarField | ComputedField):
            yield field.name, field.type
        elif isinstance(field, ReferenceField) and (type_ := _key_type(model, field)) is not None:
            yield key_member(field.name), type_


def _key_type(model: Model, field: ReferenceField) -> ir.Type | None:
    if field.carriers:
        return None
    target = model.entities[field.target]
    key = target.find(target.key[0]) if len(target.key) == 1 else None
    if isinstance(key, ReferenceField):
        return _key_type(model, key)
    return key.type if isinstance(key, ScalarField) else None


def _keys(model: Model, operation: Operation, member: Entry) -> str:
    """Say what carries the key, where the member is a row that is not the operation's."""
    named = next((each for each in operation.parameters if each.row == member.name), None)
    if named is not None:
        return f"`{named.name}: {describe(named.type)}`"
    field = model.entities[operation.entity].find(member.name) if operation.entity else None
    if not isinstance(field, ReferenceField):
        return ""
    if field.carriers:
        return ", ".join(f"`{name}`" for name in field.carriers)
    type_, mark = _key_type(model, field), "?" if field.nullable else ""
    return f"`{key_member(field.name)}: {describe(type_)}{mark}`" if type_ is not None else ""
