"""What a list can be asked: filters, orders, searches and pages."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from bdc.changes.change import Change
from bdc.changes.named import Named
from bdc.changes.rest.nearest import KEEP, nearest_changes
from bdc.changes.sides import Matched, Sides, match
from bdc.changes.wire import compare, named
from bdc.ir import OwnList, Resource, SystemIR, Type
from bdc.source.records import dataclass
from bdc.surface import Endpoint
from bdc.surface.filters import asked, at_end


def list_changes(sides: Sides, old: Endpoint, new: Endpoint, where: str, shared: Named) -> Iterator[Change]:
    """Yield what a caller of the list must ask in another way, or gets otherwise."""
    assert old.resource and new.resource and old.entity and new.entity
    yield from _filters(sides, old, new, where, shared)
    yield from _sorts(sides, old, new, where)
    yield from _search(sides, old.resource, new.resource, where)
    yield from nearest_changes(sides, old.resource, new.resource, where)
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
    """Pair what is asked under the same name of the same field, and then the others by their field, each once."""

    def earlier(choice: Choice) -> tuple[str, str]:
        return (_earlier(sides, resource.entity, choice.key[0]), choice.key[1])

    old, new = tuple(before), tuple(after)
    by_name = {(choice.name, choice.key): choice for choice in old}
    said = [(by_name.get((choice.name, earlier(choice))), choice) for choice in new]
    same = [(was, now) for was, now in said if was is not None]
    known = [id(was) for was, _ in same]
    rest = _numbered((choice for choice in old if id(choice) not in known), lambda choice: choice.key)
    others = _numbered((choice for was, choice in said if was is None), earlier)
    found = match(rest, others, lambda each: each[0])
    return Matched(
        (*same, *((was[1], now[1]) for was, now in found.both)),
        tuple(choice for _, choice in found.removed),
        tuple(choice for _, choice in found.added),
    )


def _numbered(
    choices: Iterable[Choice], key: Callable[[Choice], tuple[str, str]]
) -> list[tuple[tuple[tuple[str, str], int], Choice]]:
    """Return each with its key, and how many of that key came before: one field may be asked under several names."""
    seen = Counter[tuple[str, str]]()
    found = []
    for choice in choices:
        found.append(((key(choice), seen[key(choice)]), choice))
        seen[key(choice)] += 1
    return found


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
        yield Change(f"rest.{word}-removed", where + gone.name, message, KEEP, origin)
    for added in found.added:
        message = f"{endpoint.id} can be {verb} by `{added.name}`"
        yield Change(f"rest.{word}-added", where + added.name, message, origin=origin)
    kept = {each.name for each in (*found.added, *(now for _, now in found.both))}
    for was, now in found.both:
        if was.name != now.name and was.name not in kept:
            message = f"{endpoint.id} is {verb} by `{now.name}` instead of `{was.name}`"
            cause = sides.renames.cause(endpoint.entity.name if endpoint.entity else "", now.key[0])
            yield Change("rest.parameter-renamed", where + was.name, message, KEEP, origin, cause=cause)


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
        yield Change("rest.search-removed", spot, "the list can no longer be searched", KEEP, new.origin)
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
        yield Change("rest.filter-removed", f"{where} ?total", message, KEEP, new.origin)
    if after.total and not before.total:
        yield Change("rest.filter-added", f"{where} ?total", f"{where} can count its rows", origin=new.origin)
    if after.default != before.default:
        message = f"a page has {after.default} rows instead of {before.default} when the caller does not say"
        yield Change("rest.page-default-changed", spot, message, origin=new.origin)
