"""What readers of the outbox meet: events, their emitters, and their payload."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.hooks import hook_pairs
from bdc.changes.members import Body, compare_members
from bdc.changes.named import EVENTS, Named
from bdc.changes.shapes import entry_members
from bdc.changes.sides import Sides, match
from bdc.changes.webhooks import consumer_changes, stream_changes, webhook_changes
from bdc.ir import EntityType, Event, Operation, Origin, ScalarField, SystemIR

_KEEP = "Keep it until no client reads it."


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
        if was.subject != (sides.renames.entity(now.subject) if now.subject else None):
            message = f"{now.name} is about {now.subject or 'no row'} instead of {was.subject or 'no row'}"
            yield Change("events.subject-changed", now.name, message, origin=now.origin)
        if was.version != now.version:
            message = f"{now.name} has version {now.version} instead of {was.version}"
            yield Change("events.version-changed", now.name, message, origin=now.origin)
    yield from shared.changes()
    yield from _emissions(sides)
    yield from webhook_changes(sides)
    yield from stream_changes(sides)
    yield from consumer_changes(sides)
    yield from _hidden(sides)


def _hidden(sides: Sides) -> Iterator[Change]:
    """Yield the members of rows in payloads that encryption takes out, or brings back."""
    before, after = _encrypted(sides.old), _encrypted(sides.new)
    shown = {(sides.renames.entity(name), field) for name, field in _in_rows(sides.new)} & _in_rows(sides.old)
    for name, field in sorted(_in_rows(sides.new)):
        was = sides.renames.entity(name), sides.renames.field(name, field)
        if was not in shown or (was in before) == ((name, field) in after):
            continue
        gone = (name, field) in after
        message = f"`{field}` of a {name} in a payload is {'always null' if gone else 'sent'}: {'it is encrypted' if gone else 'it is no longer encrypted'}"
        code = "events.member-hidden" if gone else "events.member-shown"
        yield Change(code, f"{name}.{field}", message, origin=sides.new.entity(name).field(field).origin)


def _encrypted(system: SystemIR) -> set[tuple[str, str]]:
    return {
        (entity.name, field.name)
        for entity in system.entities
        for field in entity.fields
        if isinstance(field, ScalarField) and field.encrypted
    }


def _in_rows(system: SystemIR) -> set[tuple[str, str]]:
    """Return the fields whose values are in event payloads: those of whole rows, and members named after a field of the subject."""
    found = set()
    for event in system.events:
        for member in event.members:
            if isinstance(member.type, EntityType):
                fields = system.entity(member.type.name).fields
                found |= {(member.type.name, field.name) for field in fields}
            elif event.subject is not None:
                found.add((event.subject, member.name))
    known = {(entity.name, field.name) for entity in system.entities for field in entity.fields}
    return found & known


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
        yield from _emitted(sides, called, was.emits, operation.emits, operation.origin)
    for entity, _, old, new, origin in hook_pairs(sides):
        action = (new or old).action  # type: ignore[union-attr]
        emitted = (old.emits if old else ()), (new.emits if new else ())
        yield from _emitted(sides, f"{entity}.{action}", *emitted, origin)


def _emitted(
    sides: Sides, called: str, before: tuple[str, ...], after: tuple[str, ...], origin: Origin | None
) -> Iterator[Change]:
    for event in before:
        if event not in after and event in {each.name for each in sides.new.events}:
            message = f"{called} no longer emits {event}"
            yield Change("events.emission-removed", f"{called} {event}", message, origin=origin)
    for event in after:
        if event not in before:
            yield Change(
                "events.emission-added", f"{called} {event}", f"{called} emits {event}", origin=origin
            )


def _operations(system: SystemIR) -> dict[tuple[str, str], Operation]:
    found = {}
    for api in system.apis:
        for operation in (*api.operations, *(each for resource in api.resources for each in resource.custom)):
            found[operation.entity or "", operation.name] = operation
    return found
