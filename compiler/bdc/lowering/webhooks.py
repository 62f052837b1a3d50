"""Webhooks: where a subscription has its address, its secret and its events."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.webhooks import SECRET, TOPICS, URL, sent_events
from bdc.naming.casing import snake
from bdc.naming.sql import system_name


def lower_webhooks(context: Context) -> ir.Webhooks | None:
    """Return where events are sent; None where nothing is declared."""
    declared = context.model.webhooks
    if declared is None:
        return None
    entity = context.model.entities[declared.entity]
    return ir.Webhooks(
        entity=declared.entity,
        url=URL,
        secret=SECRET,
        topics=TOPICS if entity.find(TOPICS) is not None else None,
        events=tuple(event.name for event in sent_events(context.model)),
        attempts=declared.attempts,
        timeout=declared.timeout,
        keep=declared.keep,
        origin=context.origin(declared.span),
    )


def lower_stream(context: Context) -> ir.Stream | None:
    """Return where events are published; None where nothing is declared."""
    declared = context.model.stream
    if declared is None:
        return None
    return ir.Stream(
        name=declared.name,
        variable=declared.variable,
        subject=declared.subject or system_name(snake(context.model.name)),
        events=tuple(word.text for word in declared.events) or tuple(context.model.events),
        attempts=declared.attempts,
        keep=declared.keep,
        origin=context.origin(declared.span),
    )
