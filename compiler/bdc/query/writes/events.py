"""Events: one row in the outbox per event that an operation emits, in its transaction or not at all."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from bdc.ir import Entity, EntityType, Entry, Event, Hook, Operation, Scalar, ScalarField, ScalarType
from bdc.query.members import member_sources
from bdc.query.rowjson import mask_text
from bdc.query.trees import call, cast, text
from bdc.query.writes.context import Context
from bdc.query.writes.enqueue import key_of_parts, told
from bdc.query.writes.names import ROW, json_object, system_table, variable
from bdc.query.writes.plpgsql import Run, Statement
from bdc.query.writes.signature import Signature, argument, sql_name
from bdc.query.writes.statements import insert, query
from bdc.query.writes.values import json_value


def emit(
    context: Context,
    operation: Operation | Hook,
    entity: Entity | None,
    signature: Signature,
    key: Sequence[exp.Expression] | None = None,
) -> Iterator[Statement]:
    """Yield the statements that write the operation's events. The body must hold the row as the caller sees it. `key`: of the row, where it is
    not given as a parameter."""
    keys = tuple(_given(context, entity)) if key is None else tuple(key)
    parts = [cast(each.copy(), "text") for each in keys]
    declared = {event.name: event for event in context.system.events}
    for name in operation.emits:
        event = declared[name]
        row = {
            "event": text(name),
            "subject": _subject(parts),
            "tenant": signature.tenant(),
            "payload": json_object(**dict(_members(context, event, operation, entity))),
        }
        if context.system.relays:
            row |= {"key": _key(parts), **sent_with(context, event)}
        yield Run(insert(system_table("outbox"), row, query(row.values())))
        yield from told(context, name, dict(_values(context, event, operation, entity, keys)))


def sent_with(context: Context, event: Event) -> dict[str, exp.Expression]:
    """Return what the outbox is told of an event for the relay."""
    stream = context.system.stream
    found: dict[str, exp.Expression] = {"version": exp.Literal.number(event.version)}
    return found | ({"published_at": exp.Null()} if stream and event.name in stream.events else {})


def _given(context: Context, entity: Entity | None) -> Iterator[exp.Expression]:
    """Yield the key of the operation's row as its parameters give it."""
    for key in context.keys(entity) if entity is not None else ():
        yield variable(sql_name(key))


def _key(parts: list[exp.Expression]) -> exp.Expression:
    """Return the parts of the key of the row as a JSON array of texts: what webhooks look the row up by."""
    return call("jsonb_build_array", *(each.copy() for each in parts)) if parts else exp.Null()


def _subject(parts: list[exp.Expression]) -> exp.Expression:
    """Return the key of the row that the event is about."""
    if not parts:
        return exp.Null()
    keys = [each.copy() for each in parts]
    return keys[0] if len(keys) == 1 else call("concat_ws", text(","), *keys)


def _members(
    context: Context, event: Event, operation: Operation | Hook, entity: Entity | None
) -> Iterator[tuple[str, exp.Expression]]:
    for entry in event.members:
        yield entry.name, _member(context, entry, operation, entity)


def _values(
    context: Context,
    event: Event,
    operation: Operation | Hook,
    entity: Entity | None,
    key: Sequence[exp.Expression],
) -> Iterator[tuple[str, exp.Expression]]:
    """Yield the members that jobs take, as text or as what they are. `key`: of the row."""
    arguments = {each.name for each in operation.parameters}
    for entry in event.members:
        if entry.name in arguments:
            yield entry.name, variable(argument(entry.name))
        elif entity is not None and isinstance(entry.type, EntityType):
            parts = [each.copy() for each in key]
            yield entry.name, parts[0] if len(parts) == 1 else key_of_parts(parts)
        elif entity is not None:
            shown = exp.JSONExtractScalar(
                this=exp.Paren(this=_row(context, entity)), expression=text(entry.name)
            )
            yield entry.name, _read(shown, entry)


def _read(shown: exp.Expression, entry: Entry) -> exp.Expression:
    """Return a value of the body as what it was: bytes are base64 there."""
    if isinstance(entry.type, ScalarType) and entry.type.scalar is Scalar.BYTES:
        return call("decode", shown, text("base64"))
    return shown


def _member(
    context: Context, entry: Entry, operation: Operation | Hook, entity: Entity | None
) -> exp.Expression:
    """Return an argument of the operation, the row, or a member of the row, whichever the name means."""
    for parameter in operation.parameters:
        if parameter.name == entry.name:
            return json_value(variable(argument(parameter.name)), parameter.type)
    if entity is None:
        return exp.Null()
    if isinstance(entry.type, EntityType) and entry.type.name == entity.name:
        return _row(context, entity)
    return exp.JSONExtract(this=exp.Paren(this=_row(context, entity)), expression=text(entry.name))


def _row(context: Context, entity: Entity) -> exp.Expression:
    """Return the body as jsonb. Ciphertext stays out of events: it is marked in the body in a way that jsonb refuses. So does what
    not every reader of the row may read: the readers of events are no callers."""
    body = variable("body")
    if any(isinstance(field, ScalarField) and field.encrypted for field in entity.fields):
        pattern = call("concat", text('"'), _mark(3), text("[^"), _mark(4), text("]*"), _mark(4), text('"'))
        body = call("regexp_replace", body, pattern, text("null"), text("g"))
    masks = dict(_masks(context, entity))
    row = cast(body, "jsonb")
    return exp.Paren(this=exp.DPipe(this=row, expression=json_object(**masks))) if masks else row


def _masks(context: Context, entity: Entity) -> Iterator[tuple[str, exp.Expression]]:
    """Yield the members of the body that a read rule hides from some, with what stands there instead."""
    policy = context.system.policy(entity.name)
    hidden = {rule.field for rule in policy.fields if rule.read is not None} if policy else set()
    scope = context.scope.at(entity.name, ROW)
    for member in member_sources(scope) if hidden else ():
        if member.field in hidden:
            mask = mask_text(context.policies, scope, entity.name, member.field)
            yield member.name, cast(exp.Paren(this=exp.Var(this=mask)), "jsonb")


def _mark(code: int) -> exp.Expression:
    return call("chr", exp.Literal.number(code))
