"""What subscribers of webhooks meet."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Webhooks

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
    yield from _sent(old, new)
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


def _sent(old: Webhooks, new: Webhooks) -> Iterator[Change]:
    for event in old.events:
        if event not in new.events:
            message = f"{event} is no longer sent to subscribers"
            yield Change(
                "events.webhook-event-removed", event, message, "Keep it until no subscriber asks for it."
            )
    for event in new.events:
        if event not in old.events:
            message = f"{event} is sent to subscribers"
            yield Change("events.webhook-event-added", event, message, origin=new.origin)
