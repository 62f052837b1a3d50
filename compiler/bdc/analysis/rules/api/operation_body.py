"""An operation has one body: a handler, SQL, or statements with the machine's transition of its name. The last answers with the row."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import operations
from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.analysis import (
    NO_BODY,
    OTHER_RESULT,
    RESULT_IS_REMOVED,
    RESULT_WITHOUT_ROW,
    TWO_BODIES,
)
from bdc.model import Model
from bdc.model.apis.restoring import is_restoring
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import ReferenceField
from bdc.model.typing.types import describe
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class MissingBody(Fact):
    DIAGNOSTIC = NO_BODY

    name: str
    machine: str | None
    row: bool
    span: Span

    @property
    def ways(self) -> str:
        written = 'write `@handler` (Python), `sql """…"""` or statements: '
        written += "`set { field: value }`" if self.row else "`create Entity { field: value }`"
        if self.machine is not None:
            written += f", or name it in `machine {self.machine}`: `a -> b by {self.name}`"
        return written


@dataclass(frozen=True, slots=True)
class OtherResult(Fact):
    """A transition and what is set give the row, and nothing else; without a row (`entity` is '') there is nothing to give."""

    DIAGNOSTIC = OTHER_RESULT

    name: str
    returns: str
    entity: str
    span: Span
    removed: bool = False

    def declaration(self) -> Declared:
        if self.removed:
            return RESULT_IS_REMOVED
        return OTHER_RESULT if self.entity else RESULT_WITHOUT_ROW


@dataclass(frozen=True, slots=True)
class TwoBodies(Fact):
    DIAGNOSTIC = TWO_BODIES

    name: str
    bodies: tuple[str, str]
    span: Span


def operation_body(model: Model) -> Iterator[Fact]:
    for operation in operations(model):
        moved = _has_transition(model, operation)
        if operation.sql is not None and operation.handler:
            yield TwoBodies(operation.name, ("SQL", "a handler"), operation.span)
        elif operation.sql is not None and moved:
            yield TwoBodies(operation.name, ("SQL", "a transition"), operation.span)
        elif operation.sql is not None and operation.states:
            yield TwoBodies(operation.name, ("SQL", "statements"), operation.span)
        elif operation.handler and (operation.requires or operation.statements):
            yield TwoBodies(operation.name, ("a handler", "statements"), operation.span)
        elif _is_restoring(model, operation) and not moved:
            yield from _result(model, operation)
        elif operation.sql is None and not operation.handler and not (moved or operation.states):
            machine = _machine_name(model, operation)
            yield MissingBody(operation.name, machine, operation.entity is not None, operation.span)
        elif operation.sql is None and not operation.handler:
            yield from _result(model, operation)


def _result(model: Model, operation: Operation) -> Iterator[Fact]:
    returns, entity = operation.returns, operation.entity or ""
    if returns is not None and returns != ir.EntityType(name=entity):
        yield OtherResult(operation.name, describe(returns), entity, operation.span)
    elif returns is not None and _takes_with_it(model, operation, entity):
        yield OtherResult(operation.name, entity, entity, operation.span, removed=True)


def _takes_with_it(model: Model, operation: Operation, entity: str) -> bool:
    """Whether a removal may delete the row of the operation: it is one of those, or goes with one that it refers to."""
    owners, waiting = {entity}, [entity]
    while waiting:
        for field in model.entities[waiting.pop()].fields:
            if (
                isinstance(field, ReferenceField)
                and field.on_delete == "cascade"
                and field.target not in owners
            ):
                owners.add(field.target)
                waiting.append(field.target)
    return any(each.verb == "remove" and each.entity in owners for each in operation.statements)


def _has_transition(model: Model, operation: Operation) -> bool:
    machine = model.machine(operation.entity) if operation.entity is not None else None
    if machine is None:
        return False
    return any(
        each.operation is not None and each.operation.text == operation.name for each in machine.transitions
    )


def _is_restoring(model: Model, operation: Operation) -> bool:
    return operation.entity is not None and is_restoring(model.entities[operation.entity], operation)


def _machine_name(model: Model, operation: Operation) -> str | None:
    machine = model.machine(operation.entity) if operation.entity is not None else None
    return None if machine is None else f"{machine.entity}.{machine.field}"
