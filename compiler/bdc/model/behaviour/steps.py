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
_EXPECTED = {
    (False, False): ir.StepKind.EXPECT_EVENT,
    (False, True): ir.StepKind.EXPECT_NO_EVENT,
    (True, False): ir.StepKind.EXPECT_MAIL,
    (True, True): ir.StepKind.EXPECT_NO_MAIL,
}
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
    """Return the expectation that an event, or a mail, with some members was, or was not, emitted or sent since the test began."""
    found = _mail(context, written.event) if written.mail else _event(context, written.event)
    if found is None:
        return None
    name, what = found[0], "mail" if written.mail else "event"
    known = {each.name: each for each in found[1]}
    given: list[Assignment] = []
    for entry in written.values.entries if written.values is not None else ():
        member = known.get(entry.name.text)
        if member is None:
            names = tuple(known)
            context.report(UnknownField(f"{what} `{name}`", entry.name.text, entry.name.span, names))
            continue
        expected = _member(entry, member, scope)
        if expected is not None:
            given.append(expected)
    kind = _EXPECTED[written.mail, written.absent]
    return Step(kind=kind, span=written.span, event=name, arguments=tuple(given))


def _event(context: ResolveContext, path: ast.Path) -> tuple[str, tuple[Entry, ...]] | None:
    symbol = context.symbol(path.last, "event")
    event = context.events.get(symbol.name) if symbol is not None else None
    return (event.name, event.members) if event is not None else None


def _mail(context: ResolveContext, path: ast.Path) -> tuple[str, tuple[Entry, ...]] | None:
    context.file(path.span).find(path.last.text)
    mails = {job.name: job for job in context.jobs if job.mail is not None}
    job = mails.get(path.last.text)
    if job is None:
        context.report(UnknownDeclaration("mail", path.last.text, path.span, tuple(mails)))
        return None
    return job.name, job.parameters


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
