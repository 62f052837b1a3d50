"""Every state of a machine can be reached from the one that rows begin in."""

from collections.abc import Iterator

from bdc import ir
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import UNREACHABLE_STATE
from bdc.model import Model
from bdc.model.nodes.behaviour import Machine
from bdc.model.nodes.entity import ScalarField
from bdc.model.nodes.values import EnumValue
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnreachableState(Fact):
    DIAGNOSTIC = UNREACHABLE_STATE

    machine: str
    state: str
    initial: str
    span: Span
    declared: Span


def unreachable_state(model: Model) -> Iterator[Fact]:
    for machine in model.machines:
        field = model.entities[machine.entity].find(machine.field)
        assert isinstance(field, ScalarField) and isinstance(field.type, ir.EnumType)
        if not isinstance(field.default, ir.Literal):
            continue
        initial = str(field.default.value)
        reached = _reached(machine, initial)
        for value in model.enums[field.type.name].values:
            if value.name not in reached:
                yield _fact(machine, value, initial)


def _fact(machine: Machine, value: EnumValue, initial: str) -> UnreachableState:
    return UnreachableState(
        f"{machine.entity}.{machine.field}", value.name, initial, machine.span, value.span
    )


def _reached(machine: Machine, initial: str) -> set[str]:
    reached = {initial}
    while more := {each.target for each in machine.transitions if set(each.sources) & reached} - reached:
        reached |= more
    return reached
