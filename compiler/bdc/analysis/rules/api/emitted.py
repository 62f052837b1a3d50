"""An event that an operation emits can be filled: from its row, its parameters, the fields of its row."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc import ir
from bdc.analysis.offers import operations
from bdc.diagnostics import Diagnostic, Fact, Label
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import Entry, ScalarField
from bdc.model.types import fits
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class UnfilledEvent:
    event: str
    member: str
    operation: str
    span: Span
    declared: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E406",
            f"`{self.operation}` emits `{self.event}`, and has no value for its `{self.member}`",
            Label(self.span),
            secondary=(Label(self.declared, "declared here"),),
            help="a member is the row itself, or has the name and type of a parameter or a field of the row",
        )


def emitted(model: Model) -> Iterator[Fact]:
    for operation in operations(model):
        for word in operation.emits:
            event = model.events[word.text]
            for member in event.members:
                if not _is_known(model, operation, member):
                    yield UnfilledEvent(event.name, member.name, operation.name, word.span, member.span)


def _is_known(model: Model, operation: Operation, member: Entry) -> bool:
    parameter = next((each for each in operation.parameters if each.name == member.name), None)
    if parameter is not None and fits(parameter.type, member.type):
        return True
    if operation.entity is None:
        return False
    if member.type == ir.EntityType(name=operation.entity):
        return True
    field = model.entities[operation.entity].find(member.name)
    return isinstance(field, ScalarField) and fits(field.type, member.type)
