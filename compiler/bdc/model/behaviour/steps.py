"""Steps of scenarios that are about events, jobs and the clock."""

from dataclasses import replace

from bdc import ir
from bdc.model.behaviour.seed_paths import with_seed_rows
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownDeclaration, UnknownField
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions import Scope, value
from bdc.model.expressions.literals import seconds
from bdc.model.nodes.behaviour import Assignment, Step
from bdc.model.nodes.values import Entry
from bdc.syntax import ast

ALL_JOBS = "jobs"
_TIMESTAMP = ir.ScalarType(scalar=ir.Scalar.TIMESTAMP)
_LONGEST = 100 * 366 * 86_400
_PLACE = "a test"


def clock(context: ResolveContext, written: ast.ClockStep, scope: Scope) -> Step | None:
    """Return the step that sets the clock."""
    time = value(written.time, scope, _TIMESTAMP, False, "the time")
    if not isinstance(time, ir.Literal):
        return None
    return Step(kind=ir.StepKind.AT, span=written.span, time=str(time.value))


def later(context: ResolveContext, written: ast.LaterStep) -> Step | None:
    """Return the step that moves the clock on."""
    found = seconds(written.time)
    if found is None or found != int(found) or not 0 < found <= _LONGEST:
        help_ = "write a duration in whole seconds: `90s`, `15m`, `6h`, `1d`"
        context.report(NotAllowedHere("this duration", _PLACE, written.time.span, help_))
        return None
    return Step(kind=ir.StepKind.AFTER, span=written.span, seconds=int(found))


def run(context: ResolveContext, written: ast.RunStep) -> Step | None:
    """Return the step that runs one job, or (`run jobs`) those that are due."""
    name, known = written.job.text, tuple(job.name for job in context.jobs)
    context.file(written.job.span).find(name)
    if name in known:
        if context.job_parameters.get(name):
            help_ = "an operation queues it with arguments: write `run jobs` after it"
            context.report(NotAllowedHere("`run` of a job with arguments", _PLACE, written.span, help_))
            return None
        return Step(kind=ir.StepKind.RUN, span=written.span, operation=name)
    if name == ALL_JOBS and known:
        return Step(kind=ir.StepKind.RUN, span=written.span)
    context.report(UnknownDeclaration("job", name, written.job.span, (*known, ALL_JOBS) if known else ()))
    return None


def expect_event(context: ResolveContext, written: ast.ExpectEvent, scope: Scope) -> Step | None:
    """Return the expectation that an event with some members was, or was not, emitted since the test began."""
    symbol = context.symbol(written.event.last, "event")
    event = context.events.get(symbol.name) if symbol is not None else None
    if event is None:
        return None
    known = {each.name: each for each in event.members}
    given: list[Assignment] = []
    for entry in written.values.entries if written.values is not None else ():
        member = known.get(entry.name.text)
        if member is None:
            names = tuple(known)
            context.report(UnknownField(f"event `{event.name}`", entry.name.text, entry.name.span, names))
            continue
        found = _member(entry, member, scope)
        if found is not None:
            given.append(found)
    kind = ir.StepKind.EXPECT_NO_EVENT if written.absent else ir.StepKind.EXPECT_EVENT
    return Step(kind=kind, span=written.span, event=event.name, arguments=tuple(given))


def receive(context: ResolveContext, written: ast.ReceiveStep, scope: Scope) -> Step | None:
    """Return the step that sends a webhook as another system does."""
    source = written.source.text
    if source not in context.receivers:
        known = tuple(context.receivers)
        context.report(UnknownDeclaration("source of webhooks", source, written.source.span, known))
        return None
    taken = tuple(each.event.text for each in context.consumers if each.source.text == source)
    told = expect_event(context, ast.ExpectEvent(written.event, written.values, span=written.span), scope)
    if told is None:
        return None
    if told.event not in taken:
        fact = UnknownDeclaration(f"event of `{source}`", str(told.event), written.event.span, taken)
        context.report(fact)
        return None
    return replace(told, kind=ir.StepKind.RECEIVE, operation=source)


def _member(entry: ast.Entry, member: Entry, scope: Scope) -> Assignment | None:
    expr = value(
        with_seed_rows(entry.value, scope.variables), scope, member.type, member.nullable, f"`{member.name}`"
    )
    return None if expr is None else Assignment(member.name, expr, entry.name.span)
