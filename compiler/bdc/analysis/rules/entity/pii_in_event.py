"""Events leave the house: what is personal in one is worth a second look."""

from collections.abc import Iterator

from bdc import ir
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import PII_IN_EVENT
from bdc.model import Model
from bdc.model.nodes.entity import ScalarField
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class PiiInEvent(Fact):
    DIAGNOSTIC = PII_IN_EVENT

    event: str
    member: str
    fields: tuple[str, ...]
    span: Span


def pii_in_event(model: Model) -> Iterator[Fact]:
    for event in model.events.values():
        for member in event.members:
            personal = _personal(model, member.type) or _of_subject(model, event.subject, member.name)
            if personal:
                yield PiiInEvent(event.name, member.name, personal, member.span)


def _of_subject(model: Model, subject: str | None, name: str) -> tuple[str, ...]:
    """A member that has the name of a field of the row is filled from it."""
    field = model.entities[subject].find(name) if subject is not None else None
    return (name,) if isinstance(field, ScalarField) and field.pii else ()


def _personal(model: Model, type_: ir.Type) -> tuple[str, ...]:
    match type_:
        case ir.EntityType(name=name):
            fields = model.entities[name].fields
            return tuple(field.name for field in fields if isinstance(field, ScalarField) and field.pii)
        case ir.StructType(name=name):
            return tuple(field.name for field in model.structs[name].fields if field.pii)
        case ir.ArrayType(item=item):
            return _personal(model, item)
    return ()
