"""Events: one row in the outbox per event that an operation emits, in its transaction or not at all."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import Entity, EntityType, Entry, Event, Operation, ScalarField
from bdc.query.trees import call, cast, text
from bdc.query.writes.context import Context
from bdc.query.writes.names import json_object, system_table, variable
from bdc.query.writes.plpgsql import Run, Statement
from bdc.query.writes.signature import Signature, argument, sql_name
from bdc.query.writes.statements import insert, query
from bdc.query.writes.values import json_value


def emit(
    context: Context, operation: Operation, entity: Entity | None, signature: Signature
) -> Iterator[Statement]:
    """Yield the statements that write the operation's events. The body must hold the row as the caller sees it."""
    declared = {event.name: event for event in context.system.events}
    for name in operation.emits:
        event = declared[name]
        row = {
            "event": text(name),
            "subject": _subject(context, entity),
            "tenant": signature.tenant(),
            "payload": json_object(**dict(_members(event, operation, entity))),
        }
        yield Run(insert(system_table("outbox"), row, query(row.values())))


def _subject(context: Context, entity: Entity | None) -> exp.Expression:
    """Return the key of the row that the event is about."""
    if entity is None:
        return exp.Null()
    keys = [cast(variable(sql_name(key)), "text") for key in context.keys(entity)]
    return keys[0] if len(keys) == 1 else call("concat_ws", text(","), *keys)


def _members(
    event: Event, operation: Operation, entity: Entity | None
) -> Iterator[tuple[str, exp.Expression]]:
    for entry in event.members:
        yield entry.name, _member(entry, operation, entity)


def _member(entry: Entry, operation: Operation, entity: Entity | None) -> exp.Expression:
    """Return an argument of the operation, the row, or a member of the row, whichever the name means."""
    for parameter in operation.parameters:
        if parameter.name == entry.name:
            return json_value(variable(argument(parameter.name)), parameter.type)
    if entity is None:
        return exp.Null()
    if isinstance(entry.type, EntityType) and entry.type.name == entity.name:
        return _row(entity)
    return exp.JSONExtract(this=exp.Paren(this=_row(entity)), expression=text(entry.name))


def _row(entity: Entity) -> exp.Expression:
    """Return the body as jsonb. Ciphertext stays out of events: it is marked in the body in a way that jsonb refuses."""
    body = variable("body")
    if any(isinstance(field, ScalarField) and field.encrypted for field in entity.fields):
        pattern = call("concat", text('"'), _mark(3), text("[^"), _mark(4), text("]*"), _mark(4), text('"'))
        body = call("regexp_replace", body, pattern, text("null"), text("g"))
    return cast(body, "jsonb")


def _mark(code: int) -> exp.Expression:
    return call("chr", exp.Literal.number(code))
