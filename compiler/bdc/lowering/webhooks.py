"""Webhooks: where a subscription has its address, its secret and its events."""

from bdc import ir
from bdc.lowering.behaviour import assignments
from bdc.lowering.context import Context
from bdc.model.nodes.webhooks import Consumer
from bdc.model.webhooks import SECRET, TOPICS, URL, sent_by_itself, sent_events
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
        events=tuple(word.text for word in declared.events) or tuple(sent_by_itself(context.model)),
        attempts=declared.attempts,
        keep=declared.keep,
        origin=context.origin(declared.span),
    )


def lower_sources(context: Context) -> tuple[ir.Source, ...]:
    return tuple(
        ir.Source(
            name=each.name,
            variable=each.variable,
            stream=each.stream,
            subject=each.subject,
            keep=each.keep,
            origin=context.origin(each.span),
        )
        for each in context.model.sources
    )


def lower_consumers(context: Context) -> tuple[ir.Consumer, ...]:
    """Return what is done with the events of streams."""
    streams = {each.name for each in context.model.sources}
    return tuple(_consumer(context, each) for each in context.model.consumers if each.source.text in streams)


def _consumer(context: Context, each: Consumer) -> ir.Consumer:
    return ir.Consumer(
        event=each.event.text,
        source=each.source.text,
        tenant=each.tenant.text if each.tenant is not None else None,
        runs=tuple(
            ir.Enqueue(job=run.job, values=assignments(run.values), after=run.after) for run in each.runs
        ),
        origin=context.origin(each.event.span),
    )


def lower_receivers(context: Context) -> tuple[ir.Receiver, ...]:
    """Return the webhooks that come in, with what is done with their events."""
    return tuple(
        ir.Receiver(
            name=each.name,
            path=each.path,
            variable=each.variable,
            scheme=each.scheme,
            tolerance=each.tolerance,
            keep=each.keep,
            consumers=tuple(
                _consumer(context, found)
                for found in context.model.consumers
                if found.source.text == each.name
            ),
            origin=context.origin(each.span),
        )
        for each in context.model.receivers
    )


def lower_audit(context: Context) -> ir.Audit | None:
    """Return how the audit trail is sealed; None where it is not."""
    declared = context.model.audit
    if declared is None:
        return None
    return ir.Audit(seal=declared.seal, keep=declared.keep, origin=context.origin(declared.span))
