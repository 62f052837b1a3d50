"""What subscribers of webhooks and readers of the stream meet."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Stream, Webhooks

_PLACE = "webhooks"


def webhook_changes(sides: Sides) -> Iterator[Change]:
    """Yield what changes about the events that leave the system."""
    old, new = sides.old.webhooks, sides.new.webhooks
    if new is None:
        if old is not None:
            keep = "Keep it until no subscriber is left."
            yield Change("events.webhooks-removed", _PLACE, "events are no longer sent to subscribers", keep)
        return
    if old is None:
        message = f"events are sent to the endpoints that rows of {new.entity} name"
        yield Change("events.webhooks-added", _PLACE, message, origin=new.origin)
        return
    yield from _subscriptions(sides, old, new)
    yield from _sent(old.events, new.events, "webhook", "sent to subscribers", new)
    for name, unit in (("attempts", ""), ("timeout", " s"), ("keep", " s")):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            message = f"`{name}` of deliveries is {after:g}{unit} instead of {before:g}{unit}"
            yield Change("events.webhooks-changed", f"{_PLACE}.{name}", message, origin=new.origin)


def _subscriptions(sides: Sides, old: Webhooks, new: Webhooks) -> Iterator[Change]:
    if old.entity != sides.renames.entity(new.entity):
        message = f"subscriptions are rows of {new.entity} instead of {old.entity}"
        yield Change("events.webhooks-moved", _PLACE, message, origin=new.origin)
        return
    for name in ("url", "secret", "topics"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after and before != (sides.renames.field(new.entity, after) if after else None):
            message = (
                f"subscriptions have `{after}` instead of `{before}`"
                if after and before
                else (
                    f"subscriptions choose events by `{after}`"
                    if after
                    else f"subscriptions no longer choose events by `{before}`"
                )
            )
            yield Change("events.webhooks-moved", f"{_PLACE}.{name}", message, origin=new.origin)


def stream_changes(sides: Sides) -> Iterator[Change]:
    """Yield what changes about the events that are published."""
    old, new = sides.old.stream, sides.new.stream
    if new is None:
        if old is not None:
            keep = "Keep it until nothing reads the stream."
            yield Change("events.stream-removed", "stream", "events are no longer published", keep)
        return
    if old is None:
        message = f"events are published to the stream {new.name}"
        yield Change("events.stream-added", "stream", message, origin=new.origin)
        return
    for name, code in (
        ("name", "moved"),
        ("subject", "moved"),
        ("variable", "moved"),
        ("attempts", "changed"),
        ("keep", "changed"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            message = f"`{name}` of the stream is {after} instead of {before}"
            yield Change(f"events.stream-{code}", f"stream.{name}", message, origin=new.origin)
    yield from _sent(old.events, new.events, "stream", "published", new)


def _sent(
    old: tuple[str, ...], new: tuple[str, ...], kind: str, what: str, declared: Webhooks | Stream
) -> Iterator[Change]:
    for event in old:
        if event not in new:
            keep = "Keep it until nothing reads it."
            yield Change(f"events.{kind}-event-removed", event, f"{event} is no longer {what}", keep)
    for event in new:
        if event not in old:
            message = f"{event} is {what}"
            yield Change(f"events.{kind}-event-added", event, message, origin=declared.origin)
