"""What is made from a field tells nothing that its readers may not read: computed fields, defaults, views, values that an operation
sets, events, and answers about unique values."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.hidden import Hidden, Place
from bdc.analysis.offers import operations, resources
from bdc.diagnostics import Diagnostic, Fact, Label, Severity
from bdc.model import Model
from bdc.model.nodes.api import Operation, Resource
from bdc.model.nodes.behaviour import Event
from bdc.model.nodes.entity import ComputedField, Entity, ReferenceField, ScalarField, View
from bdc.model.nodes.policy import FieldRule
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class Told:
    """`carrier` is what would tell; `remedy`: what to write instead."""

    carrier: str
    hidden: Place
    remedy: str
    span: Span
    rule: Span
    severity: Severity = Severity.ERROR

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E432",
            f"{self.carrier} would tell `{'.'.join(self.hidden)}` to callers who may not read it",
            Label(self.span),
            secondary=(Label(self.rule, "who may read it is said here"),),
            severity=self.severity,
            help=self.remedy,
        )


def hidden_in_computed(model: Model) -> Iterator[Fact]:
    """Report what would tell a field with a read rule, unless it has a read rule of its own or all of its readers may read it."""
    hidden = Hidden(model)
    if not hidden.rules:
        return
    for entity in model.entities.values():
        yield from _fields(hidden, entity)
        if entity.view is not None:
            yield from _view(hidden, entity, entity.view)
        yield from _uniques(model, hidden, entity)
    for operation in operations(model):
        yield from _sets(hidden, operation)
    for event in model.events.values():
        yield from _event(model, hidden, event)


def _own_rule(entity: str, field: str) -> str:
    return f"say who may read it: `field {field} {{ read to … }}` in `policy {entity}`, or make it from other fields"


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
    for place, rule in hidden.told(view.where, entity.name):
        remedy = (
            f"choose rows by other fields, or let only roles that may read `{place[1]}` read `{entity.name}`"
        )
        yield Told(f"which rows `{entity.name}` holds", place, remedy, entity.span, rule.span)


def _sets(hidden: Hidden, operation: Operation) -> Iterator[Told]:
    for each in operation.sets if operation.entity is not None else ():
        assert operation.entity is not None
        if (operation.entity, each.field) in hidden.rules:
            continue
        for place, rule in hidden.told(each.value, operation.entity):
            remedy = _own_rule(operation.entity, each.field)
            yield Told(
                f"`{each.field}`, which `{operation.name}` sets,", place, remedy, operation.span, rule.span
            )


def _event(model: Model, hidden: Hidden, event: Event) -> Iterator[Told]:
    """A member with the name of a field is filled from the row, where the operation has no parameter of that name."""
    emitting = [each for each in operations(model) if any(word.text == event.name for word in each.emits)]
    for member in event.members:
        rule = hidden.rules.get((event.subject, member.name)) if event.subject is not None else None
        given = emitting and all(
            any(each.name == member.name for each in operation.parameters) for operation in emitting
        )
        if rule is not None and event.subject is not None and not given:
            carrier, place = f"`{member.name}` of event `{event.name}`", (event.subject, member.name)
            remedy = "carry the key, and let the reader of the event ask for the rest"
            yield Told(carrier, place, remedy, member.span, rule.span)


def _uniques(model: Model, hidden: Hidden, entity: Entity) -> Iterator[Told]:
    """A caller who writes values learns from a conflict that another row has them."""
    for name, span in _unique_fields(entity):
        rule = hidden.rules.get((entity.name, name))
        if rule is None or rule.read is None:
            continue
        writers = _writers(model, hidden, entity, rule)
        if writers and not hidden.covers(rule, writers):
            remedy = f"let only roles that may read `{name}` of every row write it: `write to …` beside `read to …`"
            carrier, place = f"that `{name}` is unique", (entity.name, name)
            yield Told(carrier, place, remedy, span, rule.span, Severity.WARNING)


def _unique_fields(entity: Entity) -> Iterator[tuple[str, Span]]:
    for field in entity.fields:
        if isinstance(field, ScalarField | ReferenceField) and field.unique:
            yield field.name, field.span
    for unique in entity.uniques:
        yield from ((key.field, unique.span) for key in unique.keys if key.field is not None)
    for exclusion in entity.exclusions:
        yield from ((key.field, exclusion.span) for key in exclusion.keys if key.field is not None)


def _writers(model: Model, hidden: Hidden, entity: Entity, rule: FieldRule) -> frozenset[str]:
    """Return the roles that may give the field a value through an api."""
    actions = {
        action
        for resource in resources(model)
        if resource.entity == entity.name
        for action in ("create", "update")
        if _takes(resource, action, entity, rule.field)
    }
    able = hidden.able(entity.name, actions)
    if rule.write is None:
        return able
    claims_only = all(
        word.text in model.roles and model.roles[word.text].entity is None for word in rule.write.roles
    )
    return able & hidden.granted(rule.write) if claims_only else able


def _takes(resource: Resource, action: str, entity: Entity, name: str) -> bool:
    written = resource.create if action == "create" else resource.update
    if not resource.offers(action):
        return False
    if written is not None:
        return any(member.field == name for member in written)
    field = entity.find(name)
    if not isinstance(field, ScalarField | ReferenceField) or field.readonly:
        return False
    return action == "create" or not field.immutable
