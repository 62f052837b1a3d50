"""Streams: where events are published, and under which subject."""

import re

from bdc.model.apis.readers import Readers, Settings, duration, read_settings
from bdc.model.behaviour.webhooks import ATTEMPTS, KEEP, READERS, named_events
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownDeclaration
from bdc.model.errors.policies import TwoOf
from bdc.model.errors.types import BadSetting
from bdc.model.nodes.webhooks import Stream
from bdc.syntax import ast

KINDS = ("nats",)
SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,4}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}", re.ASCII)


def resolve_streams(context: ResolveContext) -> None:
    """Resolve the one stream that a system may have."""
    for declared in context.declarations():
        if not isinstance(declared, ast.StreamDecl):
            continue
        found = _stream(context, declared)
        if found is not None and context.stream is not None:
            context.report(TwoOf("`stream` of the system", found.span, context.stream.span))
        elif found is not None:
            context.stream = found


def _stream(context: ResolveContext, declared: ast.StreamDecl) -> Stream | None:
    entries = tuple(each for each in declared.items if isinstance(each, ast.Entry))
    settings = dict(read_settings(context, entries, _READERS, "`stream`"))
    events = named_events(context, entries)
    variable = variable_of(declared.address)
    if declared.kind.text not in KINDS:
        context.report(UnknownDeclaration("kind of stream", declared.kind.text, declared.kind.span, KINDS))
        return None
    if _NAME.fullmatch(declared.name.text) is None:
        context.report(BadSetting("stream", "a name of at most 32 letters and digits", declared.name.span))
        return None
    if variable is None:
        context.report(BadSetting("at", '`env("NATS_URL")`', declared.address.span))
        return None
    return Stream(
        declared.name.text,
        declared.name.span,
        variable,
        events,
        str(settings.get("subject", "")),
        int(settings.get("attempts", ATTEMPTS)),  # type: ignore[arg-type]
        float(settings.get("keep", KEEP)),  # type: ignore[arg-type]
    )


def variable_of(value: ast.Expr) -> str | None:
    """Return the variable of `env("NAME")`."""
    if not isinstance(value, ast.Call) or value.function.text != "env" or len(value.arguments) != 1:
        return None
    given = value.arguments[0].value
    if isinstance(given, ast.StringLiteral) and _VARIABLE.fullmatch(given.value):
        return given.value
    return None


def _subject(value: ast.Expr) -> Settings | None:
    allowed = isinstance(value, ast.StringLiteral) and SUBJECT.fullmatch(value.value) is not None
    return {"subject": value.value} if allowed and isinstance(value, ast.StringLiteral) else None


_READERS: Readers = {
    "events": READERS["events"],
    "subject": ('up to five words between dots (`"shop.orders"`)', _subject),
    "attempts": READERS["attempts"],
    "keep": ("a time of at least one day (`30d`)", duration("keep", least=86_400)),
}
