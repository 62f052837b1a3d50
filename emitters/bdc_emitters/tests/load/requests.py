"""One endpoint as a request: its path, its body, and what in it differs from call to call."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import CollectionField, Entity, ReferenceField, Scalar, ScalarField, ScalarType, SystemIR
from bdc.surface import Endpoint, Kind, Member, input_members, parameter_members
from bdc.surface.requests import request_of
from bdc_emitters.tests.unborn import NewRows

Data = dict[str, Any]
MANY = 1_000_000
_PARTS = {Kind.LIST: "reads", Kind.GET: "reads", Kind.CUSTOM: "operations"}


def request_for(system: SystemIR, new: NewRows, endpoint: Endpoint, lists: dict[str, str]) -> Data | None:
    """Return the request, None where no body is known that the service would take. `of`: the entity whose rows the path names;
    `states`: what such a row has to be in; `makes`: its answer is a new row; `takes`: the row is gone afterwards; `holes`: members of
    the body that every call fills anew."""
    if endpoint.resource is not None and endpoint.resource.parent is not None:
        return None  # the rows of a path are drawn one by one
    if endpoint.single:
        return None  # callers are drawn by their roles: few of them have a row
    found: Data = {
        "name": endpoint.id,
        "part": _PARTS.get(endpoint.kind, "writes"),
        "method": endpoint.method,
        "path": endpoint.path,
    }
    if endpoint.entity is not None and endpoint.by_key:
        found["of"] = endpoint.entity.name
    if endpoint.kind is Kind.DELETE:
        return found | {"takes": True}
    if endpoint.operation is not None:
        return _operation(system, new, endpoint, found)
    return (
        found
        if endpoint.kind not in (Kind.CREATE, Kind.UPDATE)
        else _write(system, new, endpoint, found, lists)
    )


def _operation(system: SystemIR, new: NewRows, endpoint: Endpoint, found: Data) -> Data:
    operation = endpoint.operation
    assert operation is not None
    examples = new.world.examples
    values = {
        member.name: examples.value(member.type, member.name)
        for member in parameter_members(operation)
        if member.required and member.type is not None
    }
    sent = request_of(operation, endpoint.path, values)
    found |= {"path": sent.path, "body": sent.body}
    if sent.headers:
        found["headers"] = dict(sent.headers)
    machine = system.machine(endpoint.entity.name) if endpoint.entity is not None else None
    sources = [
        source
        for step in (machine.transitions if machine else ())
        if step.operation == operation.name
        for source in step.sources
    ]
    if machine is not None and sources:
        found |= {"state": machine.field, "states": sources}
    return found


def _write(
    system: SystemIR, new: NewRows, endpoint: Endpoint, found: Data, lists: dict[str, str]
) -> Data | None:
    entity, resource = endpoint.entity, endpoint.resource
    assert entity is not None and resource is not None
    if endpoint.kind is Kind.UPDATE:
        members = input_members(system, entity, resource.update, partial=True) if resource.update else ()
        return found | _change(new, entity, members)
    if resource.create is None:
        return None
    members = input_members(system, entity, resource.create)
    body = new.body(entity, members)
    if body is None:
        return None
    _leave_out(system, entity, members, body, lists)
    _provide(entity, members, body)
    holes = list(_holes(system, new, entity, members, body, lists, ()))
    return found | {"makes": entity.name, "body": body, "holes": holes}


def _change(new: NewRows, entity: Entity, members: tuple[Member, ...]) -> Data:
    """A change of one member that rows may share."""
    row = new.of(entity, "a")
    for member in members:
        field = entity.field(member.field)
        plain = isinstance(field, ScalarField) and member.type is not None and member.rule is None
        if plain and isinstance(field, ScalarField) and not new.world.values.is_peculiar(entity, field):
            value = row.values.get(field.name) if row is not None else None
            if isinstance(value, str | int | float | bool):
                return {"body": {member.name: value}}
    return {"body": {}}


def _leave_out(
    system: SystemIR, entity: Entity, members: tuple[Member, ...], body: Data, lists: dict[str, str]
) -> None:
    """Take out references that may be missing and whose rows no list shows: a database in use does not have those of the tests."""
    for member in members:
        field = entity.field(member.field)
        if isinstance(field, CollectionField):
            for row in body.get(member.name) or ():
                _leave_out(system, system.entity(field.target), member.nested or (), row, lists)
        elif isinstance(field, ReferenceField) and not member.required and field.target not in lists:
            body.pop(member.name, None)


def _provide(entity: Entity, members: tuple[Member, ...], body: Data) -> None:
    """Give many of what there would be none of: of a stock of zero nothing can be sold."""
    for member in members:
        field = entity.field(member.field)
        logical = field.type if isinstance(field, ScalarField) else None
        number = isinstance(logical, ScalarType) and logical.scalar in (Scalar.INT, Scalar.BIGINT)
        if isinstance(logical, ScalarType) and number and body.get(member.name) == 0:
            body[member.name] = int(min(MANY, logical.maximum or MANY))


def _holes(
    system: SystemIR,
    new: NewRows,
    entity: Entity,
    members: tuple[Member, ...],
    body: Data,
    lists: dict[str, str],
    at: tuple[str | int, ...],
) -> Iterator[Data]:
    """Yield the members that name a row of a list, and those that no two rows share."""
    for member in members:
        value = body.get(member.name)
        field = entity.field(member.field)
        here = (*at, member.name)
        if isinstance(field, CollectionField):
            inner, child = member.nested or (), system.entity(field.target)
            for place, row in enumerate(value or ()):
                yield from _holes(system, new, child, inner, row, lists, (*here, place))
        elif isinstance(field, ReferenceField):
            key = system.entity(field.target).key
            if value is not None and field.target in lists and len(key) == 1:
                yield {"at": list(here), "of": field.target, "member": key[0]}
        elif (
            isinstance(field, ScalarField)
            and value is not None
            and new.world.values.is_peculiar(entity, field)
        ):
            yield from _peculiar(field, list(here))


def _peculiar(field: ScalarField, at: list[str | int]) -> Iterator[Data]:
    logical = field.type
    if not isinstance(logical, ScalarType):
        return
    if logical.scalar in (Scalar.STRING, Scalar.TEXT):
        shaped = logical.pattern is not None or logical.db is not None
        yield {"at": at, "vary": "shape" if shaped else "text", "most": logical.max_length}
    elif logical.scalar in (Scalar.INT, Scalar.BIGINT):
        low, high = int(logical.minimum or 0), int(logical.maximum or 2**31 - 1)
        yield {"at": at, "vary": "number", "least": low, "most": high}
    elif logical.scalar is Scalar.UUID:
        yield {"at": at, "vary": "uuid"}
