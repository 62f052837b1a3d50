"""Machines, errors, events."""

from bdc import ir
from bdc.model.attributes import EVENT, MEMBER, NOTHING, Attributes, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownEnumValue, UnknownField
from bdc.model.errors.policies import TwoOf
from bdc.model.errors.relations import MachineField
from bdc.model.errors.types import NotAllowedHere, OutOfRange
from bdc.model.nodes.behaviour import ErrorDecl, Event, Machine, Transition
from bdc.model.nodes.entity import ScalarField
from bdc.model.nodes.policy import Word
from bdc.model.nodes.values import Enum
from bdc.model.typing.types import describe
from bdc.model.typing.values import entries
from bdc.syntax import ast


def resolve_errors(context: ResolveContext) -> None:
    for declared in context.declarations():
        if isinstance(declared, ast.ErrorDecl) and declared.name.text not in context.errors:
            name, status = declared.name.text, declared.status
            read_attributes(declared.attributes, NOTHING, f"error `{name}`", context)
            if not 400 <= status.value <= 599:
                context.report(
                    OutOfRange(str(status.value), "HTTP status", "errors are 400 to 599", status.span)
                )
            members = entries(context, declared.members, MEMBER, f"error `{name}`")
            context.errors[name] = ErrorDecl(name, declared.name.span, declared.doc, status.value, members)


def resolve_events(context: ResolveContext) -> None:
    for declared in context.declarations():
        if isinstance(declared, ast.EventDecl) and declared.name.text not in context.events:
            name = declared.name.text
            attributes = read_attributes(declared.attributes, EVENT, f"event `{name}`", context)
            subject = context.entity(declared.subject) if declared.subject is not None else None
            context.events[name] = Event(
                name,
                declared.name.span,
                declared.doc,
                subject.name if subject is not None else None,
                entries(context, declared.members, MEMBER, f"event `{name}`"),
                _version(context, attributes),
            )


def _version(context: ResolveContext, attributes: Attributes) -> int:
    """Return the version of an event's payload: 1 where none is written."""
    written = attributes.number("version")
    if written is None:
        return 1
    if not isinstance(written, ast.IntLiteral) or not 1 <= written.value <= 32_767:
        text = str(written.value)
        context.report(OutOfRange(text, "version", "versions are 1 to 32767", written.span))
        return 1
    return written.value


def resolve_machines(context: ResolveContext) -> None:
    first: dict[str, Machine] = {}
    for declared in context.declarations():
        if not isinstance(declared, ast.MachineDecl):
            continue
        machine = _machine(context, declared)
        if machine is None:
            continue
        other = first.setdefault(machine.entity, machine)
        if other is not machine:
            context.report(TwoOf(f"a machine of `{machine.entity}`", machine.span, other.span))
        else:
            context.machines.append(machine)


def _machine(context: ResolveContext, declared: ast.MachineDecl) -> Machine | None:
    found = context.symbol(declared.entity, "entity")
    entity = context.entities.get(found.name) if found is not None else None
    if entity is None:
        return None
    field = entity.find(declared.field.text)
    if field is None:
        if not entity.is_unread(declared.field.text):
            context.report(
                UnknownField(
                    f"entity `{entity.name}`", declared.field.text, declared.field.span, entity.field_names
                )
            )
        return None
    if not isinstance(field, ScalarField) or not isinstance(field.type, ir.EnumType):
        what = describe(field.type) if isinstance(field, ScalarField) else "no enum"
        context.report(
            MachineField(entity.name, field.name, f"it is `{what}`, not an enum", declared.field.span)
        )
        return None
    if field.nullable:
        context.report(MachineField(entity.name, field.name, "it may be null", declared.field.span))
        return None
    enum = context.enums.get(field.type.name)
    if enum is None:
        return None
    transitions = [
        transition
        for each in declared.transitions
        if not isinstance(each, ast.Broken)
        for transition in _transitions(context, enum, each)
    ]
    return Machine(
        entity.name,
        field.name,
        declared.entity.span.to(declared.field.span),
        tuple(transitions),
    )


def _transitions(context: ResolveContext, enum: Enum, written: ast.Transition) -> tuple[Transition, ...]:
    """Return one transition per target. An operation leads to one state: with several, none can be named."""
    words = (*written.sources, *written.targets)
    for word in words:
        if word.text not in enum.names and not enum.unread:
            context.report(UnknownEnumValue(enum.name, word.text, word.span, enum.names))
    if len(written.targets) > 1 and written.operation is not None:
        what = f"`by {written.operation.text}` after several states"
        help_ = "write one line per state, each with the operation that leads there"
        context.report(NotAllowedHere(what, "a transition", written.operation.span, help_))
        return ()
    if any(word.text not in enum.names for word in words):
        return ()
    operation = (
        Word(written.operation.text, written.operation.span) if written.operation is not None else None
    )
    sources = tuple(dict.fromkeys(word.text for word in written.sources))
    targets = dict.fromkeys(word.text for word in written.targets)
    return tuple(Transition(sources, target, operation, written.span) for target in targets)
