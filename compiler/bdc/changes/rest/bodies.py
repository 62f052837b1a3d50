"""Bodies that a caller sends, and what an operation answers with."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.members import Body, compare_members
from bdc.changes.named import Named
from bdc.changes.shapes import field_origin
from bdc.changes.sides import Sides
from bdc.changes.wire import compare, named, words
from bdc.ir import EntityType, Origin, SystemIR, Type
from bdc.surface import Endpoint, Kind, Member, input_members, members_in

_KEEP = "Keep it until no client sends it: a member that is not known is refused with 422."


def inputs(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield how the bodies of one operation differ."""
    if "GET" in (old.method, new.method):
        return
    entity = new.entity if new.operation is None else None

    def origin_of(member: Member) -> Origin | None:
        if new.entity is None or new.operation is not None:
            return new.operation.origin if new.operation else None
        return field_origin(member.field, new.entity, *((old.entity,) if old.entity else ()))

    body = Body(
        codes="rest.input-",
        place=f"{where} body",
        incoming=True,
        renames=sides.renames,
        follow=shared.follow,
        origin_of=origin_of,
        entity=entity.name if entity else None,
        keep=_KEEP,
    )
    yield from compare_members(body, _sent(sides.old, old), _sent(sides.new, new))


def _sent(system: SystemIR, endpoint: Endpoint) -> tuple[Member, ...]:
    if endpoint.operation is not None:
        return members_in(endpoint.operation, "body", "whole")
    if endpoint.resource is None or endpoint.entity is None:
        return ()
    partial = endpoint.kind is Kind.UPDATE
    shape = {Kind.CREATE: endpoint.resource.create, Kind.UPDATE: endpoint.resource.update}.get(endpoint.kind)
    return input_members(system, endpoint.entity, shape, partial=partial) if shape else ()


def answers(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield how the answers of one operation differ; the rows themselves are compared under their own names."""
    before, after = _answered(old), _answered(new)
    place = f"{where} answer"
    origin = new.operation.origin if new.operation else None
    if before is None or after is None:
        if before is not after:
            message = f"{new.id} answers with {_words(after)} instead of {_words(before)}"
            yield Change("rest.answer-type-changed", place, message, origin=origin)
        return
    difference = compare(before, after)
    pair = named(before, after)
    if difference.changed or (pair and not _same_row(sides, before, after)):
        message = f"{new.id} answers with {words(after)} instead of {words(before)}"
        yield Change("rest.answer-type-changed", place, message, origin=origin)
    elif difference.loosened:
        message = f"{new.id} may answer with more values: {'; '.join(difference.loosened)}"
        yield Change("rest.property-loosened", place, message, origin=origin)
    elif pair:
        shared.follow(pair, incoming=False)
    if old.operation and new.operation and old.operation.returns_nullable != new.operation.returns_nullable:
        gone = new.operation.returns_nullable
        message = f"{new.id} {'may answer' if gone else 'never answers'} null"
        yield Change(f"rest.answer-{'nullable' if gone else 'not-null'}", place, message, origin=origin)


def _answered(endpoint: Endpoint) -> Type | None:
    if endpoint.operation is not None:
        return endpoint.operation.returns
    if endpoint.entity is None or endpoint.kind is Kind.DELETE:
        return None
    return EntityType(name=endpoint.entity.name)


def _same_row(sides: Sides, old: Type, new: Type) -> bool:
    """Whether two rows are of one entity: rows of two entities may be alike by chance, but are not the same thing."""
    pair = named(old, new)
    return pair is None or pair.kind != "entity" or sides.renames.entity(pair.new) == pair.old


def _words(logical: Type | None) -> str:
    return "nothing" if logical is None else words(logical)
