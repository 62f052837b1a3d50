"""What is made from a field tells nothing that its readers may not read: computed fields, defaults, views, values that an operation
sets, and events."""

from collections.abc import Iterator

from bdc.analysis.exposure import acting
from bdc.analysis.hidden import Hidden, Place
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import TOLD_BY_COMPUTED
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.behaviour import Assignment, Event
from bdc.model.nodes.entity import ComputedField, Entity, ScalarField, View
from bdc.model.nodes.job import Job
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Told(Fact):
    """`carrier` is what would tell; `remedy`: what to write instead."""

    DIAGNOSTIC = TOLD_BY_COMPUTED

    carrier: str
    hidden: Place
    remedy: str
    span: Span
    rule: Span

    @property
    def hidden_name(self) -> str:
        return ".".join(self.hidden)


def hidden_in_computed(model: Model) -> Iterator[Fact]:
    """Report what would tell a field with a read rule, unless it has a read rule of its own or all of its readers may read it."""
    hidden = Hidden(model)
    if not hidden.rules:
        return
    for entity in model.entities.values():
        yield from _fields(hidden, entity)
        if entity.view is not None:
            yield from _view(hidden, entity, entity.view)
    for operation in acting(model):
        yield from _sets(hidden, operation)
        yield from _refusals(hidden, operation)
    for job in model.jobs:
        yield from _job(hidden, job)
    for event in model.events.values():
        yield from _event(model, hidden, event)


def _own_rule(entity: str, field: str) -> str:
    return f"name the roles that may read it: `field {field} {{ read to … }}` in `policy {entity}`, or make it from other fields"


def _fields(hidden: Hidden, entity: Entity) -> Iterator[Told]:
    for field in entity.fields:
        if (entity.name, field.name) in hidden.rules:
            continue
        if isinstance(field, ComputedField):
            expr, carrier = field.expr, f"`{field.name}`"
        elif isinstance(field, ScalarField):
            expr, carrier = field.default, f"the default of `{field.name}`"
        else:
            continue
        for place, rule in hidden.told(expr, entity.name):
            yield Told(carrier, place, _own_rule(entity.name, field.name), field.span, rule.span)


def _view(hidden: Hidden, entity: Entity, view: View) -> Iterator[Told]:
    for name, expr in view.values:
        field = entity.find(name)
        if field is None or (entity.name, name) in hidden.rules:
            continue
        for place, rule in hidden.told(expr, entity.name):
            yield Told(f"`{name}`", place, _own_rule(entity.name, name), field.span, rule.span)
    for condition in (view.where, *view.group, view.having):
        for place, rule in hidden.told(condition, entity.name):
            remedy = f"choose rows by other fields, or let only roles that may read `{place[1]}` read `{entity.name}`"
            yield Told(f"the condition of view `{entity.name}`", place, remedy, entity.span, rule.span)


def _sets(hidden: Hidden, operation: Operation) -> Iterator[Told]:
    for entity, each in _assigned(operation):
        if (entity, each.field) in hidden.rules:
            continue
        for place, rule in hidden.told(each.value, entity):
            remedy = _own_rule(entity, each.field)
            yield Told(
                f"`{each.field}`, which `{operation.name}` sets,", place, remedy, operation.span, rule.span
            )


def _job(hidden: Hidden, job: Job) -> Iterator[Told]:
    for statement in job.statements:
        for each in statement.values if statement.verb == "update" else ():
            if (statement.target, each.field) in hidden.rules:
                continue
            for place, rule in hidden.told(each.value, statement.target):
                remedy = _own_rule(statement.target, each.field)
                yield Told(
                    f"`{each.field}`, which job `{job.name}` sets,", place, remedy, each.span, rule.span
                )


def _refusals(hidden: Hidden, operation: Operation) -> Iterator[Told]:
    """The members of an error reach every caller of the operation."""
    for required in operation.requires:
        for each in required.members:
            for place, rule in hidden.told_to(each.value, hidden.callers(operation)):
                carrier = f"`{each.field}` of `{required.error}`, which `{operation.name}` raises,"
                remedy = "leave it out, or make it from other fields"
                yield Told(carrier, place, remedy, each.span, rule.span)


def _assigned(operation: Operation) -> Iterator[tuple[str, Assignment]]:
    """Yield what an operation writes, with the entity that it is written to."""
    for each in operation.sets if operation.entity is not None else ():
        yield operation.entity or "", each
    for statement in operation.statements:
        for each in statement.values if statement.verb != "remove" else ():
            yield statement.entity, each


def _event(model: Model, hidden: Hidden, event: Event) -> Iterator[Told]:
    """A member with the name of a field is filled from the row, where the operation has no parameter of that name."""
    emitting = [each for each in acting(model) if any(word.text == event.name for word in each.emits)]
    for member in event.members:
        rule = hidden.rules.get((event.subject, member.name)) if event.subject is not None else None
        given = emitting and all(
            any(each.name == member.name for each in operation.parameters) for operation in emitting
        )
        if rule is not None and event.subject is not None and not given:
            carrier, place = f"`{member.name}` of event `{event.name}`", (event.subject, member.name)
            remedy = "carry the key only; readers of the event can request the row"
            yield Told(carrier, place, remedy, member.span, rule.span)
