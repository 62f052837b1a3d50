"""Apis and operations: which there are, where they are served, what they answer with."""

import re
from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.named import REST, Named
from bdc.changes.rest.bodies import answers, inputs
from bdc.changes.rest.errors import declared_errors, errors
from bdc.changes.rest.outside import outside, profile_changes
from bdc.changes.rest.parameters import parameters
from bdc.changes.sides import Matched, Sides, is_split, match, paired_apis
from bdc.ir import Api, Expr, Origin, RateLimit, View
from bdc.surface import Endpoint, endpoints
from bdc.surface.projected import offered_by, without_apis

_PARAMETER = re.compile(r"\{[^}]*\}")
_SUNSET = "Keep the operation, marked `@deprecated`, until no client calls it."


def rest_changes(sides: Sides) -> Iterator[Change]:
    """Yield what a client of the REST apis meets. Where several apis offer one entity, each is compared by itself, as its own description
    says it."""
    apis = paired_apis(sides)
    yield from _names(sides)
    for old, new in apis:
        yield from _api(old, new)
    if is_split(sides.old) or is_split(sides.new):
        for each in _by_api(sides, apis):
            yield from _offered(each, paired_apis(each))
    else:
        yield from _offered(sides, apis)
    yield from _views(sides)


def _by_api(sides: Sides, apis: tuple[tuple[Api, Api], ...]) -> Iterator[Sides]:
    """Yield both sides of each api, with an api that offers nothing where it is gone or new."""
    paired = {id(api) for pair in apis for api in pair}
    gone = ((api, None) for api in sides.old.apis if id(api) not in paired)
    added = ((None, api) for api in sides.new.apis if id(api) not in paired)
    for old, new in (*apis, *gone, *added):
        before = offered_by(sides.old, old) if old is not None else without_apis(sides.old)
        after = offered_by(sides.new, new) if new is not None else without_apis(sides.new)
        yield Sides(before, after, sides.renames)


def _offered(sides: Sides, apis: tuple[tuple[Api, Api], ...]) -> Iterator[Change]:
    found = _operations(sides, apis)
    for gone in found.removed:
        message = f"{gone.id} ({place(gone)}) is gone"
        yield Change("rest.operation-removed", place(gone), message, _SUNSET, _origin(gone))
    for added in found.added:
        message = f"{added.id} ({place(added)}) is new"
        yield Change("rest.operation-added", place(added), message, origin=_origin(added))
    shared = Named(sides, REST)
    for before, after in found.both:
        yield from _operation(sides, before, after, shared)
    yield from declared_errors(sides, shared)
    yield from shared.changes()


def _views(sides: Sides) -> Iterator[Change]:
    """Yield the views that show other rows, or other values under the same names."""
    found = match(sides.old.views, sides.new.views, lambda view: view.entity.name)
    offered = {resource.entity for api in sides.new.apis for resource in api.resources}
    for old, new in found.both:
        if new.entity.name in offered and _shown(old) != _shown(new):
            message = f"{new.entity.name} shows other rows, or other values"
            yield Change("rest.view-changed", new.entity.name, message, origin=new.entity.origin)


def _shown(view: View) -> tuple[object, ...]:
    return view.source, view.where, view.group, view.having, _values(view)


def _values(view: View) -> dict[str, Expr]:
    return {field.name: value for field, value in zip(view.entity.fields, view.values, strict=True)}


def place(endpoint: Endpoint) -> str:
    """Return `GET /v1/orders/{id}`."""
    return f"{endpoint.method} {endpoint.path}"


def _names(sides: Sides) -> Iterator[Change]:
    """Yield the apis that are called otherwise; what each offers is compared by operation."""
    before = {api.place for api in sides.old.apis}
    after = {api.place for api in sides.new.apis}
    places = {api.path: api for api in sides.old.apis if api.place not in after}
    for api in sides.new.apis:
        was = places.get(api.path)
        if was is not None and api.place not in before:
            place = " ".join(was.place)
            message = f"api {place} is called {' '.join(api.place)}"
            yield Change("rest.api-renamed", place, message, origin=api.origin)


def _operations(sides: Sides, apis: tuple[tuple[Api, Api], ...]) -> Matched[Endpoint]:
    """Pair operations by api, entity and what is done; what is left over, by method and path. Of an entity that stands at several paths
    of an api those at the same path belong together first."""
    same = {new.place: old.place for old, new in apis}
    seen_old: dict[object, int] = {}
    seen_new: dict[object, int] = {}
    former, latter = list(endpoints(sides.old)), list(endpoints(sides.new))
    stay: tuple[tuple[Endpoint, Endpoint], ...] = ()
    if any(each.again for system in (sides.old, sides.new) for each in system.projections):
        placed = match(former, latter, lambda each: (place(each), _kind(each)))
        stay, former, latter = placed.both, list(placed.removed), list(placed.added)
    before = [(_key(endpoint, seen_old), endpoint) for endpoint in former]
    after = [(_key(endpoint, seen_new, same, sides), endpoint) for endpoint in latter]
    found = match(before, after, lambda item: item[0])
    left = [endpoint for _, endpoint in found.removed], [endpoint for _, endpoint in found.added]
    rest = match(*left, key=place)
    both = [(old[1], new[1]) for old, new in found.both]
    return Matched((*stay, *both, *rest.both), rest.removed, rest.added)


def _kind(endpoint: Endpoint) -> tuple[object, ...]:
    """Return what is done to rows of which entity."""
    entity = endpoint.entity.stored if endpoint.entity else None
    return entity, endpoint.kind, endpoint.operation.name if endpoint.operation else "", endpoint.single


def _key(
    endpoint: Endpoint,
    seen: dict[object, int],
    same: dict[tuple[str, str], tuple[str, str]] | None = None,
    sides: Sides | None = None,
) -> object:
    """What an operation is, in names of the old side; the second of the same is told apart by a number."""
    api = endpoint.api.place
    entity = endpoint.entity.stored if endpoint.entity else None
    if same is not None and sides is not None:
        api = same.get(api, api)
        entity = sides.renames.entity(entity) if entity else None
    key = (api, entity, endpoint.kind, endpoint.operation.name if endpoint.operation else "", endpoint.single)
    seen[key] = seen.get(key, 0) + 1
    return (key, seen[key])


def _operation(sides: Sides, old: Endpoint, new: Endpoint, shared: Named) -> Iterator[Change]:
    where = place(old)
    if old.method != new.method:
        message = f"{new.id} is called with {new.method} instead of {old.method}"
        yield Change("rest.method-changed", where, message, _SUNSET, _origin(new))
    if _relative(old) != _relative(new):
        message = f"{new.id} has moved from {old.path} to {new.path}"
        yield Change("rest.path-changed", where, message, "Serve both paths for a while.", _origin(new))
    if old.id != new.id:
        message = (
            f"{old.id} is called {new.id}: clients generated from the description name their methods by it"
        )
        cause = sides.renames.cause(new.entity.stored) if new.entity else ""
        yield Change("rest.operation-renamed", where, message, origin=_origin(new), cause=cause)
    if new.operation and new.operation.deprecated and not (old.operation and old.operation.deprecated):
        message = f"{new.id} is deprecated: {new.operation.deprecated}"
        yield Change("rest.operation-deprecated", place(new), message, origin=_origin(new))
    yield from parameters(sides, old, new, place(new), shared)
    yield from inputs(sides, old, new, place(new), shared)
    yield from answers(sides, old, new, place(new), shared)
    yield from errors(sides, old, new, place(new))
    yield from outside(sides, old, new, place(new))


def _relative(endpoint: Endpoint) -> str:
    """The path behind that of the api, with keys by position: their names are not seen by a caller."""
    return _PARAMETER.sub("{}", endpoint.path.removeprefix(endpoint.api.path))


def _origin(endpoint: Endpoint) -> Origin:
    if endpoint.operation is not None:
        return endpoint.operation.origin
    return endpoint.resource.origin if endpoint.resource else endpoint.api.origin


def _api(old: Api, new: Api) -> Iterator[Change]:
    name = f"{new.name} {new.version}"
    if old.path != new.path:
        message = f"api {name} is served at {new.path} instead of {old.path}"
        remedy = (
            f"Declare a second api at {new.path} and keep the one at {old.path} until no client calls it."
        )
        yield Change("rest.base-path-changed", name, message, remedy, new.origin)
    for kind in old.auth:
        if kind not in new.auth:
            yield Change("rest.auth-removed", name, f"api {name} no longer accepts {kind}", origin=new.origin)
    for kind in new.auth:
        if kind not in old.auth:
            yield Change("rest.auth-added", name, f"api {name} accepts {kind}", origin=new.origin)
    if old.limit != new.limit:
        yield _limit(name, old.limit, new)
    if new.deprecated and not old.deprecated:
        message = f"api {name} is deprecated: {new.deprecated}"
        yield Change("rest.api-deprecated", name, message, origin=new.origin)
    elif old.deprecated != new.deprecated or old.sunset != new.sunset:
        message = f"api {name} goes away {_day(new)} instead of {_day(old)}"
        yield Change("rest.sunset-changed", name, message, origin=new.origin)
    yield from profile_changes(old, new)


def _day(api: Api) -> str:
    if api.sunset:
        return f"on {api.sunset}"
    return "some day" if api.deprecated else "never"


def _limit(name: str, old: RateLimit | None, new: Api) -> Change:
    """A limit that is counted otherwise can be compared only by looking at the traffic."""
    limit = new.limit
    message = f"api {name} allows {_allowed(limit)} instead of {_allowed(old)}"
    code = "rest.rate-limit-changed"
    if old is None or limit is None:
        code = "rest.rate-limit-lowered" if old is None else "rest.rate-limit-raised"
    elif old.by == limit.by:
        fewer = limit.count * old.seconds < old.count * limit.seconds
        code = "rest.rate-limit-lowered" if fewer else "rest.rate-limit-raised"
    return Change(code, name, message, origin=new.origin)


def _allowed(limit: RateLimit | None) -> str:
    if limit is None:
        return "any number of requests"
    return f"{limit.count} requests in {limit.seconds} s by {limit.by or 'address'}"
