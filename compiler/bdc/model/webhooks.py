"""What a subscription is made of, and which events it can have."""

from collections.abc import Iterator

from bdc.model.model import Model
from bdc.model.nodes.behaviour import Event

URL, SECRET, TOPICS = "url", "secret", "events"
"""The fields of a subscription, by name."""


def sent_events(model: Model) -> tuple[Event, ...]:
    """Return the events that webhooks send: those written, or each that is about a row that a policy guards."""
    if model.webhooks is None:
        return ()
    if model.webhooks.events:
        return tuple(model.events[word.text] for word in model.webhooks.events)
    own = set(sent_by_itself(model))
    return tuple(event for event in model.events.values() if event.name in own and not unsent(model, event))


def sent_by_itself(model: Model) -> Iterator[str]:
    """Yield the events that are not those of others, which come in."""
    consumed = {each.event.text for each in model.consumers}
    yield from (name for name in model.events if name not in consumed)


def unsent(model: Model, event: Event) -> str:
    """Return why no subscriber can be shown to be allowed to have an event; '' where that can be decided."""
    if event.subject is None:
        return "it is about no row, so no policy says which subscribers may have it"
    if model.entities[event.subject].unguarded:
        return f"no policy guards the rows of `{event.subject}`"
    return ""
