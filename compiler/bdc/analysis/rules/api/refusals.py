"""An error that the system raises itself (`on illegal_transition`) can be filled by the system."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.exposure import operations
from bdc.diagnostics import Diagnostic, Fact, Label
from bdc.model import Model
from bdc.model.nodes.api import Operation, RaisedError
from bdc.model.nodes.entity import ScalarField
from bdc.model.typing.types import fits
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class RefusalWithoutTransition:
    name: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E404",
            f"operation `{self.name}` performs no transition, so none can be illegal",
            Label(self.span),
            help="remove `on illegal_transition`, or name the operation in a machine",
        )


@dataclass(frozen=True, slots=True)
class UnfilledRefusal:
    error: str
    member: str
    entity: str
    span: Span
    declared: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E405",
            f"the system raises `{self.error}` here, and has no value for its `{self.member}`",
            Label(self.span),
            secondary=(Label(self.declared, "declared here"),),
            help=f"members of such an error are fields of `{self.entity}`, by name and type",
        )


def refusals(model: Model) -> Iterator[Fact]:
    for operation in operations(model):
        for raised in operation.errors:
            if raised.on is not None:
                yield from _judge(model, operation, raised)


def _judge(model: Model, operation: Operation, raised: RaisedError) -> Iterator[Fact]:
    machine = model.machine(operation.entity) if operation.entity is not None else None
    performed = machine.transitions if machine is not None else ()
    if not any(each.operation is not None and each.operation.text == operation.name for each in performed):
        yield RefusalWithoutTransition(operation.name, raised.span)
        return
    assert operation.entity is not None
    entity = model.entities[operation.entity]
    for member in model.errors[raised.error].members:
        field = entity.find(member.name)
        if not isinstance(field, ScalarField) or not fits(field.type, member.type):
            yield UnfilledRefusal(raised.error, member.name, entity.name, raised.span, member.span)
