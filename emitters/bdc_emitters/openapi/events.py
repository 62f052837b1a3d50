"""AsyncAPI 3: the events of a system, each with its version and the JSON Schema of its payload."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import Entity, EntityType, Entry, Event, Operation, ScalarField, SystemIR
from bdc.naming.distinct import aside
from bdc.surface import Member, parameter_members, read_members
from bdc.surface.events import emitting_operations
from bdc_emitters.openapi.models import Models
from bdc_emitters.openapi.types import Mode, Schema, nullable, ref, schema

ASYNCAPI = "3.0.0"
JSON_SCHEMA = "application/schema+json;version=draft-2020-12"
_BOUNDS = ("minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf")


def build_events(system: SystemIR) -> dict[str, Any]:
    """Return the AsyncAPI document of a system with at least one event."""
    events = {event.name: event for event in system.events}
    names = _payload_names(system)
    payloads = {names[name]: _payload(system, event) for name, event in events.items()}
    return {
        "asyncapi": ASYNCAPI,
        "info": _info(system),
        "defaultContentType": "application/json",
        "channels": {name: _channel(system, event) for name, event in events.items()},
        "operations": dict(_operation(system, name) for name in events),
        "components": {
            "messages": {name: _message(event, names[name]) for name, event in events.items()},
            "schemas": Models(system, (), payloads).schemas,
        },
    }


def _info(system: SystemIR) -> dict[str, Any]:
    text = "Each event is written in the transaction of the change that it tells of, and delivered at least once, in the order of its row."
    return {
        "title": f"{system.title}: events",
        "version": system.apis[0].version if system.apis else "v1",
        "description": text,
    }


def _channel(system: SystemIR, event: Event) -> dict[str, Any]:
    """Return where an event is: its subject in the stream; to subscribers it is sent by name."""
    stream = system.stream
    published = stream is not None and event.name in stream.events
    return {
        "address": f"{stream.subject}.{event.name}" if stream is not None and published else event.name,
        "messages": {event.name: {"$ref": f"#/components/messages/{event.name}"}},
    }


def _operation(system: SystemIR, name: str) -> tuple[str, dict[str, Any]]:
    """Return what the system does with an event: it sends it, or receives it from another system."""
    action = "receive" if any(each.event == name for each in system.all_consumers) else "send"
    channel = f"#/channels/{name}"
    return f"{action}{name}", {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"}],
    }


def _payload_names(system: SystemIR) -> dict[str, str]:
    """Return the component of each event: a name that no type has."""
    taken = {"Json"} | {each.name for each in system.entities} | {each.name for each in system.structs}
    taken |= {each.name for each in system.enums} | {view.entity.name for view in system.views}
    return {event.name: aside(f"{event.name}Event", taken) for event in system.events}


def _message(event: Event, payload: str) -> dict[str, Any]:
    about = f" about a row of {event.subject}" if event.subject else ""
    return {
        "name": event.name,
        "title": event.name,
        "summary": event.doc or f"{event.name}{about}.",
        "contentType": "application/json",
        "payload": {"schemaFormat": JSON_SCHEMA, "schema": ref(payload)},
    }


def _payload(system: SystemIR, event: Event) -> Schema:
    members = {entry.name: _member(system, event, entry) for entry in event.members}
    data = {
        "type": "object",
        "additionalProperties": False,
        "required": list(members),
        "properties": members,
    }
    envelope: dict[str, Schema] = {
        "id": {
            "type": "string",
            "maxLength": 64,
            "description": "The same each time the event is delivered.",
        },
        "type": {"const": event.name},
        "version": {"const": event.version},
        "timestamp": {"type": "string", "format": "date-time", "description": "When the change was made."},
        "data": data,
    }
    return {"type": "object", "required": list(envelope), "properties": envelope}


def _member(system: SystemIR, event: Event, entry: Entry) -> Schema:
    """Return what stands in a payload: the declared type, without its bounds where what fills it has others."""
    subject = system.entity(event.subject) if event.subject else None
    filled = list(_sources(system, event, entry))
    made = schema(entry.type, Mode.READ)
    if any(source.type != entry.type for source in filled):
        made = {keyword: value for keyword, value in made.items() if keyword not in _BOUNDS}
    hidden = subject is not None and entry.name in hidden_members(system, subject)
    if entry.nullable or hidden or any(source.nullable for source in filled):
        made = nullable(made)
    return {"description": entry.doc, **made} if entry.doc else made


def _sources(system: SystemIR, event: Event, entry: Entry) -> Iterator[Member]:
    """Yield the arguments and members of rows that fill a member of an event."""
    for operation in emitting_operations(system):
        if event.name in operation.emits and not isinstance(entry.type, EntityType):
            given = parameter_members(operation) if isinstance(operation, Operation) else ()
            named = [each for each in given if each.name == entry.name]
            entity = system.entity(operation.entity) if operation.entity else None
            row = read_members(system, entity) if entity is not None and not named else ()
            yield from named
            yield from (each for each in row if each.name == entry.name)


def hidden_members(system: SystemIR, entity: Entity) -> frozenset[str]:
    """Return the members of a row that events leave null, or mask: what is encrypted, and what not every reader may read."""
    sealed = {each.name for each in entity.fields if isinstance(each, ScalarField) and each.encrypted}
    ruled = {each.name for each in read_members(system, entity) if each.rule is not None and each.rule.read}
    return frozenset(sealed | ruled)
