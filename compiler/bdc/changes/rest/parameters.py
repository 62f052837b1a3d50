"""What a caller writes beside the body: keys in paths, arguments, filters, orders, pages, conditional and repeated requests."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.members import Body, compare_members
from bdc.changes.named import Named
from bdc.changes.rest.lists import list_changes
from bdc.changes.rest.nearest import KEEP
from bdc.changes.sides import Matched, Sides, match
from bdc.changes.wire import Pair, compare
from bdc.ir import (
    ExpandNode,
    Operation,
    Origin,
)
from bdc.surface import Endpoint, Kind, address_members, bound_members, members_in
from bdc.surface.bindings import Place

_BESIDE: tuple[Place, ...] = ("path", "query", "header")
_IN = {
    "path": "in the path",
    "query": "in the query",
    "header": "in a header",
    "body": "in the body",
    "whole": "as the body",
}


def parameters(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield the changes of one operation."""
    yield from _keys(sides, old, new, where)
    if old.operation and new.operation:
        yield from _moved(sides, old.operation, new.operation, where)
        yield from _arguments(sides, old.operation, new.operation, where, shared)
    if old.resource and new.resource:
        if new.kind is Kind.LIST:
            yield from list_changes(sides, old, new, where, shared)
        if old.expand or new.expand:
            yield from _expand(sides, old, new, where, shared)
    yield from _selection(old, new, where)
    yield from _headers(old, new, where)


def _bulk(old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    """Operations on many rows come and go with the word of their resource."""
    before, after = (
        bool(each.resource is not None and each.resource.bulk and each.writes) for each in (old, new)
    )
    if old.operation is not None or before == after:
        return
    origin = new.resource.origin if new.resource else None
    if before:
        message = f"{new.id} no longer takes many rows in one call"
        yield Change("rest.operation-removed", f"{where} many", message, KEEP, origin)
    else:
        message = f"{new.id} takes many rows in one call"
        yield Change("rest.operation-added", f"{where} many", message, origin=origin)


def _selection(old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    origin = new.resource.origin if new.resource else None
    yield from _bulk(old, new, where)
    if old.selectable and not new.selectable:
        message = f"{new.id} always answers with whole rows: `?fields` is refused"
        yield Change("rest.filter-removed", f"{where} ?fields", message, KEEP, origin)
    if new.selectable and not old.selectable:
        message = f"{new.id} can be asked for some members only"
        yield Change("rest.filter-added", f"{where} ?fields", message, origin=origin)
    if old.minimal != new.minimal:
        verb = "may answer" if new.minimal else "never answers"
        code = f"rest.minimal-{'added' if new.minimal else 'removed'}"
        message = f"{where} {verb} without a body: `Prefer: return=minimal`"
        yield Change(code, where, message, origin=new.resource.origin if new.resource else None)
    if old.replica != new.replica:
        code = f"rest.replica-{'added' if new.replica else 'removed'}"
        verb = "may be answered by a replica" if new.replica else "is always answered by the primary"
        message = f"{new.id} {verb}"
        yield Change(code, where, message, origin=origin)
    if old.conditional and not new.conditional:
        message = f"{new.id} always answers with the whole body: `If-None-Match` means nothing"
        yield Change("rest.conditional-removed", where, message, KEEP, origin)
    if new.conditional and not old.conditional:
        message = f"{new.id} answers with 304 to a caller that has what it would answer"
        yield Change("rest.conditional-added", where, message, origin=origin)
    if old.can and not new.can:
        message = f"{new.id} no longer says what the caller may do with a row: `?_can` is refused"
        yield Change("rest.filter-removed", f"{where} ?_can", message, KEEP, origin)
    if new.can and not old.can:
        message = f"{new.id} can be asked what the caller may do with a row"
        yield Change("rest.filter-added", f"{where} ?_can", message, origin=origin)


def _arguments(sides: Sides, old: Operation, new: Operation, where: str, shared: Named) -> Iterator[Change]:
    body = Body(
        codes="rest.parameter-",
        place=where,
        incoming=True,
        renames=sides.renames,
        follow=shared.follow,
        origin_of=lambda member: new.origin,
        separator=" ?",
        keep=KEEP,
    )
    before, after = members_in(old, *_BESIDE), members_in(new, *_BESIDE)
    yield from compare_members(body, before, after)


def _moved(sides: Sides, old: Operation, new: Operation, where: str) -> Iterator[Change]:
    """Yield the arguments that stand elsewhere in the request, or under another name there."""
    before = {bound.member.name: bound for bound in bound_members(old)}
    for now in bound_members(new):
        was = before.get(now.member.name)
        if was is None or (was.place, was.wire.lower()) == (now.place, now.wire.lower()):
            continue
        message = f"`{now.member.name}` is sent {_IN[now.place]} instead of {_IN[was.place]}"
        yield Change("rest.parameter-moved", f"{where} {now.member.name}", message, KEEP, new.origin)


def _keys(sides: Sides, old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    if not (old.by_key and new.by_key and old.entity and new.entity):
        return
    before, after = address_members(sides.old, old.entity), address_members(sides.new, new.entity)
    for was, now in zip(before, after, strict=False):
        if was.type is None or now.type is None:
            continue
        difference = compare(was.type, now.type)
        code = "type-changed" if difference.changed else "tightened" if difference.tightened else "loosened"
        if difference:
            text = difference.changed or "; ".join(difference.tightened or difference.loosened)
            message = f"the key `{now.name}` in the path has changed: {text}"
            yield Change(
                f"rest.parameter-{code}", f"{where} {{{now.name}}}", message, origin=new.entity.origin
            )


def _expand(sides: Sides, was: Endpoint, endpoint: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield what may be included; what comes along with it stands behind a dot."""
    spot, trees = f"{where} ?expand=", (was.expand, endpoint.expand)
    old, new = was.resource, endpoint.resource
    assert old and new
    for path, entities, found in _levels(sides, trees, (old.entity, new.entity)):
        for gone in found.removed:
            message = f"{endpoint.id} can no longer include `{path}{gone.field}`"
            yield Change("rest.expand-removed", f"{spot}{path}{gone.field}", message, KEEP, new.origin)
        for added in found.added:
            message = f"{endpoint.id} can include `{path}{added.field}`"
            yield Change("rest.expand-added", f"{spot}{path}{added.field}", message, origin=new.origin)
        for then, now in found.both:
            shared.follow(_targets(sides, entities, then, now), incoming=False)
            cause = sides.renames.cause(entities[1], now.field)
            yield from _included(then, now, spot + path, new.origin, cause)


def _levels(
    sides: Sides, trees: tuple[tuple[ExpandNode, ...], tuple[ExpandNode, ...]], entities: tuple[str, str]
) -> Iterator[tuple[str, tuple[str, str], Matched[ExpandNode]]]:
    """Yield every level of two trees: the path to it, the entities that it is of, and what is there."""
    waiting = [("", entities, trees)]
    while waiting:
        path, owners, (old, new) = waiting.pop(0)

        def earlier(node: ExpandNode, at: str = owners[1]) -> object:
            return sides.renames.field(at, node.field)

        found = match(old, new, lambda node: node.field, earlier)
        yield path, owners, found
        for was, now in found.both:
            pair = _targets(sides, owners, was, now)
            waiting.append((f"{path}{now.field}.", (pair.old, pair.new), (was.children, now.children)))


def _targets(sides: Sides, entities: tuple[str, str], was: ExpandNode, now: ExpandNode) -> Pair:
    old = getattr(sides.old.entity(entities[0]).field(was.field), "target", entities[0])
    return Pair("entity", old, getattr(sides.new.entity(entities[1]).field(now.field), "target", entities[1]))


def _included(
    was: ExpandNode, now: ExpandNode, where: str, origin: Origin | None, cause: str
) -> Iterator[Change]:
    if was.field != now.field:
        message = f"`{was.field}` is included as `{now.field}`"
        yield Change("rest.parameter-renamed", where + was.field, message, KEEP, origin, cause=cause)
    if was.max and now.max and was.max != now.max:
        message = f"`{now.field}` includes at most {now.max} rows instead of {was.max}"
        code = "rest.expand-max-lowered" if now.max < was.max else "rest.expand-max-raised"
        yield Change(code, where + now.field, message, origin=origin)


def _headers(old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    if old.operation and new.operation and old.operation.idempotent != new.operation.idempotent:
        gone = old.operation.idempotent
        message = f"{new.id} {'no longer keeps' if gone else 'keeps'} idempotency keys"
        code = "rest.idempotency-removed" if gone else "rest.idempotency-added"
        remedy = "Clients that repeat a request count on it being performed once." if gone else ""
        yield Change(code, f"{where} Idempotency-Key", message, remedy, new.operation.origin)
