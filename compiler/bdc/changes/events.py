"""What readers of the outbox meet: events, who emits them, and what is in their payload."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.members import Body, compare_members
from bdc.changes.named import EVENTS, Named
from bdc.changes.shapes import entry_members
from bdc.changes.sides import Sides, match
from bdc.ir import Event, Operation, SystemIR

_KEEP = "Keep it until nobody reads it."


def event_changes(sides: Sides) -> Iterator[Change]:
    """Yield what a consumer of events meets."""
    found = match(sides.old.events, sides.new.events, lambda event: event.name)
    for gone in found.removed:
        yield Change("events.event-removed", gone.name, f"the event {gone.name} is gone", _KEEP)
    for added in found.added:
        message = f"the event {added.name} is new"
        yield Change("events.event-added", added.name, message, origin=added.origin)
    shared = Named(sides, EVENTS)
    for was, now in found.both:
        yield from _payload(sides, was, now, shared)
    yield from shared.changes()
    yield from _emissions(sides)


def _payload(sides: Sides, old: Event, new: Event, shared: Named) -> Iterator[Change]:
    body = Body(
        codes="events.member-",
        place=new.name,
        incoming=False,
        renames=sides.renames,
        follow=shared.follow,
        origin_of=lambda member: new.origin,
        keep=_KEEP,
    )
    yield from compare_members(body, entry_members(old.members), entry_members(new.members))


def _emissions(sides: Sides) -> Iterator[Change]:
    before, after = _operations(sides.old), _operations(sides.new)
    for (entity, name), operation in after.items():
        was = before.get((sides.renames.entity(entity), name))
        if was is None:
            continue
        called = f"{entity}.{name}" if entity else name
        for event in was.emits:
            if event not in operation.emits and event in {each.name for each in sides.new.events}:
                message = f"{called} no longer emits {event}"
                yield Change("events.emission-removed", f"{called} {event}", message, origin=operation.origin)
        for event in operation.emits:
            if event not in was.emits:
                message = f"{called} emits {event}"
                yield Change("events.emission-added", f"{called} {event}", message, origin=operation.origin)


def _operations(system: SystemIR) -> dict[tuple[str, str], Operation]:
    found = {}
    for api in system.apis:
        for operation in (*api.operations, *(each for resource in api.resources for each in resource.custom)):
            found[operation.entity or "", operation.name] = operation
    return found
