"""Machines, errors, events, seeds, scenarios."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.nodes.behaviour import (
    Assignment,
    ErrorDecl,
    Event,
    Machine,
    Row,
    Scenario,
    Seed,
    Step,
    Transition,
)
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.values import Entry
from bdc.naming.casing import kebab


def lower_machine(context: Context, machine: Machine) -> ir.Machine:
    entity = context.model.entities[machine.entity]
    field = entity.find(machine.field)
    default = field.default if isinstance(field, ScalarField) else None
    initial = default.value if isinstance(default, ir.Literal) else None
    return ir.Machine(
        entity=machine.entity,
        field=machine.field,
        initial=initial if isinstance(initial, str) else None,
        transitions=tuple(_transition(context, entity, machine, each) for each in machine.transitions),
        origin=context.origin(machine.span),
    )


def _transition(context: Context, entity: Entity, machine: Machine, transition: Transition) -> ir.Transition:
    field = entity.find(machine.field)
    type_ = field.type if isinstance(field, ScalarField) else None
    enum = context.model.enums.get(type_.name) if isinstance(type_, ir.EnumType) else None
    label = enum.label if enum is not None else str
    return ir.Transition(
        sources=tuple(label(each) for each in transition.sources),
        target=label(transition.target),
        operation=transition.operation.text if transition.operation is not None else None,
        stamp=_stamp(entity, transition.target),
        origin=context.origin(transition.span),
    )


def _stamp(entity: Entity, target: str) -> str | None:
    """`placed_at` remembers when the row became `placed`, if it is a timestamp that may be null."""
    field = entity.find(f"{target}_at")
    if not isinstance(field, ScalarField) or not field.nullable or not isinstance(field.type, ir.ScalarType):
        return None
    return field.name if field.type.scalar is ir.Scalar.TIMESTAMP else None


def _entry(entry: Entry) -> ir.Entry:
    return ir.Entry(name=entry.name, type=entry.type, nullable=entry.nullable, doc=entry.doc)


def lower_error(context: Context, error: ErrorDecl) -> ir.ErrorDecl:
    return ir.ErrorDecl(
        name=error.name,
        code=kebab(error.name),
        status=error.status,
        members=tuple(_entry(each) for each in error.members),
        doc=error.doc,
        origin=context.origin(error.span),
    )


def lower_event(context: Context, event: Event) -> ir.Event:
    return ir.Event(
        name=event.name,
        subject=event.subject,
        members=tuple(_entry(each) for each in event.members),
        version=event.version,
        doc=event.doc,
        origin=context.origin(event.span),
    )


def assignments(found: tuple[Assignment, ...]) -> tuple[ir.Assignment, ...]:
    return tuple(ir.Assignment(field=each.field, value=each.value) for each in found)


def _row(row: Row) -> ir.SeedRow:
    return ir.SeedRow(name=row.name, entity=row.entity, values=assignments(row.values))


def lower_seed(context: Context, seed: Seed) -> ir.Seed:
    return ir.Seed(
        name=seed.name, rows=tuple(_row(row) for row in seed.rows), origin=context.origin(seed.span)
    )


def lower_scenario(context: Context, scenario: Scenario) -> ir.Scenario:
    steps = tuple(_step(context, step) for step in scenario.steps)
    return ir.Scenario(name=scenario.title, steps=steps, origin=context.origin(scenario.span))


def _step(context: Context, step: Step) -> ir.ScenarioStep:
    return ir.ScenarioStep(
        kind=step.kind,
        row=_row(step.row) if step.row is not None else None,
        actor=step.actor,
        roles=step.roles,
        target=step.target,
        operation=step.operation,
        arguments=assignments(step.arguments),
        error=step.error,
        condition=step.condition,
        action=step.action,
        event=step.event,
        time=step.time,
        seconds=step.seconds,
        origin=context.origin(step.span),
    )
