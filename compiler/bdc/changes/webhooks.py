"""What subscribers of webhooks and readers of the stream meet."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides, match
from bdc.ir import Receiver, Stream, Webhooks

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
    codes = {
        "name": "moved",
        "subject": "moved",
        "variable": "moved",
        "attempts": "changed",
        "keep": "changed",
    }
    yield from _settings(old, new, codes, "stream", "stream", "the stream")
    yield from _sent(old.events, new.events, "stream", "published", new)


def consumer_changes(sides: Sides) -> Iterator[Change]:
    """Yield what changes about the events that come in."""
    sources = match(sides.old.sources, sides.new.sources, lambda source: source.name)
    for was, now in sources.both:
        if was.model_copy(update={"origin": now.origin}) != now:
            message = f"the source {now.name} is read otherwise"
            yield Change("events.source-changed", now.name, message, origin=now.origin)
    for gone in sources.removed:
        yield Change("events.source-changed", gone.name, f"the source {gone.name} is gone")
    for new in sources.added:
        yield Change("events.source-changed", new.name, f"the source {new.name} is new", origin=new.origin)
    yield from _received(sides)
    consumers = sides.old.all_consumers, sides.new.all_consumers
    found = match(*consumers, lambda each: (each.source, each.event))
    for old in found.removed:
        message = f"{old.event} of {old.source} is no longer consumed"
        yield Change("events.consumer-removed", f"{old.source}.{old.event}", message)
    for added in found.added:
        message = f"{added.event} of {added.source} is consumed"
        yield Change("events.consumer-added", f"{added.source}.{added.event}", message, origin=added.origin)
    for before, after in found.both:
        if before.model_copy(update={"origin": after.origin}) != after:
            message = f"{after.event} of {after.source} queues other jobs"
            yield Change(
                "events.consumer-changed", f"{after.source}.{after.event}", message, origin=after.origin
            )


def _received(sides: Sides) -> Iterator[Change]:
    """Yield what senders of webhooks meet."""
    found = match(sides.old.receivers, sides.new.receivers, lambda each: each.name)
    for gone in found.removed:
        keep = "Keep it until the sender has another address."
        yield Change(
            "events.receiver-removed", gone.name, f"webhooks of {gone.name} are no longer taken", keep
        )
    for new in found.added:
        message = f"webhooks of {new.name} are taken at {new.path}"
        yield Change("events.receiver-added", new.name, message, origin=new.origin)
    for was, now in found.both:
        codes = {
            "path": "moved",
            "variable": "moved",
            "scheme": "moved",
            "tolerance": "changed",
            "keep": "changed",
        }
        yield from _settings(was, now, codes, "receiver", now.name, f"webhooks of {now.name}")


def _settings(
    old: Stream | Receiver, new: Stream | Receiver, codes: dict[str, str], kind: str, place: str, what: str
) -> Iterator[Change]:
    for name, code in codes.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            message = f"`{name}` of {what} is {after} instead of {before}"
            yield Change(f"events.{kind}-{code}", f"{place}.{name}", message, origin=new.origin)


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
