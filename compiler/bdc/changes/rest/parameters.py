"""What a caller writes beside the body: keys in paths, arguments, filters, orders, pages, conditional and repeated requests."""

from collections.abc import Iterable, Iterator

from bdc.changes.change import Change
from bdc.changes.members import Body, compare_members
from bdc.changes.named import Named
from bdc.changes.sides import Matched, Sides, match
from bdc.changes.wire import Pair, compare, named
from bdc.ir import (
    ExpandNode,
    Operation,
    Origin,
    OwnList,
    Resource,
    SystemIR,
    Type,
)
from bdc.source.records import dataclass
from bdc.surface import Endpoint, Kind, address_members, bound_members, members_in
from bdc.surface.bindings import Place
from bdc.surface.filters import asked, at_end

_BESIDE: tuple[Place, ...] = ("path", "query", "header")
_IN = {
    "path": "in the path",
    "query": "in the query",
    "header": "in a header",
    "body": "in the body",
    "whole": "as the body",
}
_KEEP = "Keep it until no client sends it: an unknown query parameter is answered with 400."


def parameters(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield the changes of one operation."""
    yield from _keys(sides, old, new, where)
    if old.operation and new.operation:
        yield from _moved(sides, old.operation, new.operation, where)
        yield from _arguments(sides, old.operation, new.operation, where, shared)
    if old.resource and new.resource:
        if new.kind is Kind.LIST:
            yield from _list(sides, old, new, where, shared)
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
        yield Change("rest.operation-removed", f"{where} many", message, _KEEP, origin)
    else:
        message = f"{new.id} takes many rows in one call"
        yield Change("rest.operation-added", f"{where} many", message, origin=origin)


def _selection(old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    origin = new.resource.origin if new.resource else None
    yield from _bulk(old, new, where)
    if old.selectable and not new.selectable:
        message = f"{new.id} always answers with whole rows: `?fields` is refused"
        yield Change("rest.filter-removed", f"{where} ?fields", message, _KEEP, origin)
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
        yield Change("rest.conditional-removed", where, message, _KEEP, origin)
    if new.conditional and not old.conditional:
        message = f"{new.id} answers with 304 to a caller that has what it would answer"
        yield Change("rest.conditional-added", where, message, origin=origin)
    if old.can and not new.can:
        message = f"{new.id} no longer says what the caller may do with a row: `?_can` is refused"
        yield Change("rest.filter-removed", f"{where} ?_can", message, _KEEP, origin)
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
        keep=_KEEP,
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
        yield Change("rest.parameter-moved", f"{where} {now.member.name}", message, _KEEP, new.origin)


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


def _list(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    assert old.resource and new.resource and old.entity and new.entity
    yield from _filters(sides, old, new, where, shared)
    yield from _sorts(sides, old, new, where)
    yield from _search(sides, old.resource, new.resource, where)
    yield from _page(old.resource, new.resource, where)
    yield from _order(sides, old.resource, new.resource, where)
    if old.own is not None and new.own is not None:
        yield from _own(old.own, new.own, where)


def _own(old: OwnList, new: OwnList, where: str) -> Iterator[Change]:
    before, after = (", ".join(f"{each.filter} = {each.value}" for each in own.presets) for own in (old, new))
    if (before, old.of_caller) != (after, new.of_caller):
        message = f"{where} lists rows where {after}, and listed those where {before}"
        yield Change("rest.list-changed", where, message, origin=new.origin)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a list can be asked, as it stands in a query string; `key` is the same for renamed fields."""

    name: str
    key: tuple[str, str]
    type: Type | None = None


def _filters(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    assert old.resource and new.resource and old.entity and new.entity
    before = _spelled(sides.old, old.resource)
    after = _spelled(sides.new, new.resource)
    found = _choices(sides, new.resource, before, after)
    yield from _one_sided(sides, found, f"{where} ?", "filter", "filtered", new)
    for was, now in found.both:
        if was.type is None or now.type is None:
            continue
        difference = compare(was.type, now.type)
        pair = named(was.type, now.type)
        if pair is not None:
            shared.follow(pair, incoming=True)
        spot = f"{where} ?{now.name}"
        if difference.changed:
            message = f"the filter `{now.name}` has another type: {difference.changed}"
            yield Change("rest.parameter-type-changed", spot, message, origin=new.resource.origin)
        elif difference.tightened:
            message = f"the filter `{now.name}` accepts fewer values: {'; '.join(difference.tightened)}"
            yield Change("rest.parameter-tightened", spot, message, origin=new.resource.origin)


def _choices(
    sides: Sides, resource: Resource, before: Iterable[Choice], after: Iterable[Choice]
) -> Matched[Choice]:
    def earlier(choice: Choice) -> object:
        return (_earlier(sides, resource.entity, choice.key[0]), choice.key[1])

    return match(before, after, lambda choice: choice.key, earlier)


def _earlier(sides: Sides, entity: str, path: str) -> str:
    """Return what a path of a list was called before: `author.name`."""
    names = path.split(".")
    owners = [at_end(sides.new, entity, ".".join(names[: at + 1])) for at in range(len(names))]
    pairs = zip(owners, names, strict=True)
    return ".".join(sides.renames.field(owner.name, name) for owner, name in pairs)


def _one_sided(
    sides: Sides, found: Matched[Choice], where: str, word: str, verb: str, endpoint: Endpoint
) -> Iterator[Change]:
    """Yield what can no longer be asked, what can be asked now, and what is asked under another name."""
    origin = endpoint.resource.origin if endpoint.resource else None
    for gone in found.removed:
        message = f"{endpoint.id} can no longer be {verb} by `{gone.name}`"
        yield Change(f"rest.{word}-removed", where + gone.name, message, _KEEP, origin)
    for added in found.added:
        message = f"{endpoint.id} can be {verb} by `{added.name}`"
        yield Change(f"rest.{word}-added", where + added.name, message, origin=origin)
    for was, now in found.both:
        if was.name != now.name:
            message = f"{endpoint.id} is {verb} by `{now.name}` instead of `{was.name}`"
            cause = sides.renames.cause(endpoint.entity.name if endpoint.entity else "", now.key[0])
            yield Change("rest.parameter-renamed", where + was.name, message, _KEEP, origin, cause=cause)


def _spelled(system: SystemIR, resource: Resource) -> Iterator[Choice]:
    """Yield every filter as it stands in a query string, with the type of its value."""
    for declared in resource.filters:
        found = asked(system, resource, declared)
        for operator in found.operators:
            yield Choice(found.parameter(resource, operator), (declared.path, operator), found.type)


def _sorts(sides: Sides, old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    assert old.resource and new.resource
    before = [Choice(name, (name, "")) for name in old.resource.sorts]
    after = [Choice(name, (name, "")) for name in new.resource.sorts]
    found = _choices(sides, new.resource, before, after)
    yield from _one_sided(sides, found, f"{where} ?sort=", "sort", "sorted", new)


def _search(sides: Sides, old: Resource, new: Resource, where: str) -> Iterator[Change]:
    before = tuple(old.search)
    after = tuple(sides.renames.field(new.entity, name) for name in new.search)
    if set(before) == set(after) and _searching(old) == _searching(new):
        return
    spot, now = f"{where} ?q", ", ".join(new.search)
    if not after:
        yield Change("rest.search-removed", spot, "the list can no longer be searched", _KEEP, new.origin)
    elif not before:
        yield Change("rest.search-added", spot, f"the list can be searched in {now}", origin=new.origin)
    elif set(before) == set(after):
        message = "a search finds other rows, or finds them in another order"
        yield Change("rest.search-changed", spot, message, origin=new.origin)
    else:
        message = f"a search looks at {now} instead of {', '.join(old.search)}"
        yield Change("rest.search-changed", spot, message, origin=new.origin)


def _searching(resource: Resource) -> tuple[bool, bool, bool]:
    return resource.search_prefix, resource.search_rank, resource.search_fuzzy


def _order(sides: Sides, old: Resource, new: Resource, where: str) -> Iterator[Change]:
    names = [(each.startswith("-"), each.removeprefix("-")) for each in new.order]
    earlier = [("-" if down else "") + _earlier(sides, new.entity, name) for down, name in names]
    if list(old.order) != earlier:
        now = ", ".join(new.order) or "the key"
        message = f"a list that is not sorted comes by {now} instead of {', '.join(old.order) or 'the key'}"
        yield Change("rest.order-changed", where, message, origin=new.origin)


def _page(old: Resource, new: Resource, where: str) -> Iterator[Change]:
    before, after = old.page, new.page
    spot = f"{where} ?limit"
    if after.max < before.max:
        message = (
            f"a page holds at most {after.max} rows instead of {before.max}: a larger `limit` is refused"
        )
        yield Change("rest.page-max-lowered", spot, message, f"Keep `max: {before.max}`.", new.origin)
    if after.max > before.max:
        message = f"a page holds up to {after.max} rows instead of {before.max}"
        yield Change("rest.page-max-raised", spot, message, origin=new.origin)
    if before.kind != after.kind:
        message = f"pages of {where} go on by `{after.kind}` instead of `{before.kind}`"
        remedy = f"Keep `page {before.kind}`: clients read the other pages by it."
        yield Change("rest.page-kind-changed", where, message, remedy, new.origin)
        return
    if before.total and not after.total:
        message = f"{where} no longer counts its rows: `?total` is refused"
        yield Change("rest.filter-removed", f"{where} ?total", message, _KEEP, new.origin)
    if after.total and not before.total:
        yield Change("rest.filter-added", f"{where} ?total", f"{where} can count its rows", origin=new.origin)
    if after.default != before.default:
        message = f"a page has {after.default} rows instead of {before.default} when the caller does not say"
        yield Change("rest.page-default-changed", spot, message, origin=new.origin)


def _expand(sides: Sides, was: Endpoint, endpoint: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield what may be included; what comes along with it stands behind a dot."""
    spot, trees = f"{where} ?expand=", (was.expand, endpoint.expand)
    old, new = was.resource, endpoint.resource
    assert old and new
    for path, entities, found in _levels(sides, trees, (old.entity, new.entity)):
        for gone in found.removed:
            message = f"{endpoint.id} can no longer include `{path}{gone.field}`"
            yield Change("rest.expand-removed", f"{spot}{path}{gone.field}", message, _KEEP, new.origin)
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
        yield Change("rest.parameter-renamed", where + was.field, message, _KEEP, origin, cause=cause)
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
