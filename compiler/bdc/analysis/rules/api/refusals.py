"""An error that the system raises itself (`on illegal_transition`) can be filled by the system."""

from collections.abc import Iterator

from bdc.analysis.exposure import operations
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import REFUSAL_WITHOUT_TRANSITION, UNFILLED_REFUSAL
from bdc.model import Model
from bdc.model.nodes.api import Operation, RaisedError
from bdc.model.nodes.entity import ScalarField
from bdc.model.typing.types import fits
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class RefusalWithoutTransition(Fact):
    DIAGNOSTIC = REFUSAL_WITHOUT_TRANSITION

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class UnfilledRefusal(Fact):
    DIAGNOSTIC = UNFILLED_REFUSAL

    error: str
    member: str
    entity: str
    span: Span
    declared: Span


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
