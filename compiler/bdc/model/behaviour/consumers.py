"""Events that come in: where from, and which jobs they queue."""

import re

from bdc import ir
from bdc.model.apis.readers import Readers, Settings, duration, read_settings
from bdc.model.behaviour.receivers import receiver
from bdc.model.behaviour.streams import KINDS, SUBJECT, variable_of
from bdc.model.behaviour.webhooks import KEEP
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.names import DuplicateMember, UnknownDeclaration, UnknownField
from bdc.model.errors.types import BadSetting
from bdc.model.expressions import Place, Scope
from bdc.model.expressions.scope import Variable
from bdc.model.jobs.enqueues import enqueued
from bdc.model.nodes.api import Enqueue
from bdc.model.nodes.behaviour import Event
from bdc.model.nodes.policy import Word
from bdc.model.nodes.webhooks import Consumer, Source
from bdc.syntax import ast

_PLACE = Place("an argument of a job", relations=False, computed=False, clock=False)
_STREAM = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)


def resolve_consumers(context: ResolveContext) -> None:
    """Fill `context.sources` and `context.consumers`."""
    for declared in context.declarations():
        if isinstance(declared, ast.SourceDecl):
            _source(context, declared)
    first: dict[tuple[str, str], Consumer] = {}
    for declared in context.declarations():
        found = _consumer(context, declared) if isinstance(declared, ast.ConsumeDecl) else None
        if found is None:
            continue
        other = first.setdefault((found.event.text, found.source.text), found)
        if other is not found:
            spans = found.event.span, other.event.span
            context.report(DuplicateMember("consumer", found.event.text, f"`{found.source.text}`", *spans))
    context.consumers.extend(first.values())


def _source(context: ResolveContext, declared: ast.SourceDecl) -> None:
    name = declared.name
    if declared.kind.text == "webhook":
        receiver(context, declared)
        return
    entries = tuple(each for each in declared.items if isinstance(each, ast.Entry))
    settings = dict(read_settings(context, entries, _READERS, "`source`"))
    if declared.kind.text not in KINDS:
        context.report(
            UnknownDeclaration("kind of source", declared.kind.text, declared.kind.span, (*KINDS, "webhook"))
        )
        return
    variable = variable_of(declared.address)
    if variable is None:
        context.report(BadSetting("at", '`env("NATS_URL")`', declared.address.span))
        return
    other = context.sources.get(name.text) or context.receivers.get(name.text)
    if other is not None:
        spans = name.span, other.span
        context.report(DuplicateMember("source", name.text, "the system", *spans))
        return
    keep = float(settings.get("keep", KEEP))  # type: ignore[arg-type]
    stream, subject = str(settings.get("stream", name.text)), str(settings.get("subject", ""))
    context.sources[name.text] = Source(name.text, name.span, variable, stream, subject, keep)


def _consumer(context: ResolveContext, declared: ast.ConsumeDecl) -> Consumer | None:
    symbol = context.symbol(declared.event.last, "event")
    event = context.events.get(symbol.name) if symbol is not None else None
    known = (*context.sources, *context.receivers)
    if declared.source.text not in known:
        context.report(UnknownDeclaration("source", declared.source.text, declared.source.span, known))
        return None
    if event is None or not _is_plain(context, declared, event):
        return None
    variables = {each.name: Variable(ir.Root.PARAM, each.type, each.nullable) for each in event.members}
    runs = enqueued(context, declared.items, Scope(context, _PLACE, None, variables), keys=True)
    if not any(isinstance(item, ast.EnqueueItem) for item in declared.items):
        help_ = "write `enqueue Settle(order: order_id)`, with a job that is not run by the clock"
        context.report(UnfitJob(f"`consume {event.name}` does nothing", "no job", help_, declared.event.span))
    _check_values(context, runs)
    tenant = _tenant(context, declared, event)
    source = Word(declared.source.text, declared.source.span)
    return Consumer(Word(event.name, declared.event.span), source, tenant, runs)


def _is_plain(context: ResolveContext, declared: ast.ConsumeDecl, event: Event) -> bool:
    """What comes in is text of others: each member has a type that PostgreSQL can be asked about."""
    for each in event.members:
        if not isinstance(each.type, ir.ScalarType | ir.EnumType):
            what = f"`consume {event.name}` cannot read `{each.name}`"
            help_ = (
                "declare an event of scalars and enums: the key of a row (`order: uuid`) instead of the row"
            )
            context.report(UnfitJob(what, "not a scalar", help_, declared.event.span))
            return False
    return True


def _check_values(context: ResolveContext, runs: tuple[Enqueue, ...]) -> None:
    for run in runs:
        for assigned in run.values:
            value = assigned.value
            plain = isinstance(value, ir.Literal) or (
                isinstance(value, ir.Path) and value.root is ir.Root.PARAM and not value.steps
            )
            if not plain:
                what = f"`{assigned.field}` of job `{run.job}` is computed"
                help_ = "give a member of the event or a constant; the job can compute"
                context.report(UnfitJob(what, "neither a member nor a constant", help_, assigned.span))
        if run.at is not None:
            help_ = "write `after 2d`, or leave it out"
            context.report(UnfitJob("`at` cannot stand in `consume`", "", help_, run.span))


def _tenant(context: ResolveContext, declared: ast.ConsumeDecl, event: Event) -> Word | None:
    """Return the member that says whose rows jobs are about; it has to be there where callers have a tenant."""
    written, names = declared.tenant, tuple(each.name for each in event.members)
    if written is not None and written.text not in names:
        context.report(UnknownField(f"event `{event.name}`", written.text, written.span, names))
    elif written is not None:
        return Word(written.text, written.span)
    elif any(entity.tenant_root for entity in context.entities.values()):
        what = f"`consume {event.name}` does not say whose rows its jobs are about"
        help_ = f"write `consume {event.name} from {declared.source.text} in org`, with the member of the event that has the key of the tenant"
        context.report(UnfitJob(what, "", help_, declared.event.span))
    return None


def _text(name: str, pattern: re.Pattern[str]) -> "Readers":
    def read(value: ast.Expr) -> Settings | None:
        allowed = isinstance(value, ast.StringLiteral) and pattern.fullmatch(value.value) is not None
        return {name: value.value} if allowed and isinstance(value, ast.StringLiteral) else None

    return {name: ("letters, digits, `-` and `_`", read)}


_READERS: Readers = {
    **_text("stream", _STREAM),
    **_text("subject", re.compile(SUBJECT.pattern + r"(\.[*>])?", re.ASCII)),
    "keep": ("a time of at least one day (`30d`)", duration("keep", least=86_400)),
}
