"""Webhooks: whose rows are subscriptions, which events are sent, how often it is tried."""

from bdc.model.apis.readers import Readers, Settings, duration, read_settings
from bdc.model.context import ResolveContext
from bdc.model.errors.policies import TwoOf
from bdc.model.nodes.policy import Word
from bdc.model.nodes.webhooks import Webhooks
from bdc.syntax import ast

ATTEMPTS, TIMEOUT, KEEP = 12, 10.0, 30 * 86_400.0
_MOST_ATTEMPTS, _LONGEST = 50, 60.0


def resolve_webhooks(context: ResolveContext) -> None:
    """Resolve the one declaration of webhooks that a system may have."""
    for declared in context.declarations():
        if not isinstance(declared, ast.WebhooksDecl):
            continue
        found = _webhooks(context, declared)
        if found is not None and context.webhooks is not None:
            context.report(TwoOf("`webhooks` of the system", found.span, context.webhooks.span))
        elif found is not None:
            context.webhooks = found


def _webhooks(context: ResolveContext, declared: ast.WebhooksDecl) -> Webhooks | None:
    entries = tuple(each for each in declared.items if isinstance(each, ast.Entry))
    settings = dict(read_settings(context, entries, READERS, "`webhooks`"))
    events = named_events(context, entries)
    entity = context.entity(declared.entity)
    if entity is None:
        return None
    return Webhooks(
        entity.name,
        declared.entity.span,
        events,
        int(settings.get("attempts", ATTEMPTS)),  # type: ignore[arg-type]
        float(settings.get("timeout", TIMEOUT)),  # type: ignore[arg-type]
        float(settings.get("keep", KEEP)),  # type: ignore[arg-type]
    )


def named_events(context: ResolveContext, entries: tuple[ast.Entry, ...]) -> tuple[Word, ...]:
    """Return the events that the setting `events` names, without those that there are not (reported)."""
    return tuple(word for each in entries if each.name.text == "events" for word in _events(context, each))


def _events(context: ResolveContext, entry: ast.Entry) -> tuple[Word, ...]:
    listed = entry.value.items if isinstance(entry.value, ast.ListLiteral) else ()
    names = [each.last for each in listed if isinstance(each, ast.Path) and len(each.names) == 1]
    known = [name for name in names if context.symbol(name, "event") is not None]
    return tuple({name.text: Word(name.text, name.span) for name in known}.values())


def _attempts(value: ast.Expr) -> Settings | None:
    allowed = isinstance(value, ast.IntLiteral) and 1 <= value.value <= _MOST_ATTEMPTS
    return {"attempts": value.value} if allowed and isinstance(value, ast.IntLiteral) else None


def _timeout(value: ast.Expr) -> Settings | None:
    found = duration("timeout", least=1)(value)
    return found if found is not None and float(found["timeout"]) <= _LONGEST else None  # type: ignore[arg-type]


def _names(value: ast.Expr) -> Settings | None:
    """Events by name; they are resolved apart."""
    if not isinstance(value, ast.ListLiteral) or not value.items:
        return None
    named = all(isinstance(each, ast.Path) and len(each.names) == 1 for each in value.items)
    return {"named": True} if named else None


READERS: Readers = {
    "events": ("a list of events (`[OrderPlaced, OrderPaid]`)", _names),
    "attempts": (f"a number from 1 to {_MOST_ATTEMPTS}", _attempts),
    "timeout": ("a time from 1s to 60s", _timeout),
    "keep": ("a time of at least one day (`30d`)", duration("keep", least=86_400)),
}
