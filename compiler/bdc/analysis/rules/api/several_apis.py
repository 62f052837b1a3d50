"""Several apis of one system: paths of their own, and what only one resource of an entity may have."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.support import NotSupported
from bdc.model.nodes.api import Api, Resource
from bdc.model.versions import is_whole, main_resource, owners, reaching


def several_apis(model: Model) -> Iterator[Fact]:
    """Several apis have paths of their own, and what changes rows otherwise than by their fields stands in one of them."""
    yield from _offered_twice(model)
    if len(model.apis) < 2:
        return
    if len({_asked(api) for api in model.apis}) > 1:
        yield from _inside_another(model)


def _asked(api: Api) -> tuple[object, ...]:
    limit = None if api.limit is None else (api.limit.count, api.limit.seconds, api.limit.by)
    return frozenset(api.auth), limit


def _inside_another(model: Model) -> Iterator[Fact]:
    """Which api a path belongs to follows from its beginning."""
    for api in model.apis:
        for other in model.apis:
            inner = other.path.rstrip("/")
            if other is not api and any(_is_below(path, inner) for path in _paths(api) if inner):
                remedy = f"`{api.name}` has paths below it: give one of them another path"
                yield NotSupported(f"the path `{other.path}` inside another api", other.span, remedy)


def _paths(api: Api) -> Iterator[str]:
    base = api.path.rstrip("/")
    if api.graphql is not None:
        yield api.graphql.path
    for resource in api.resources:
        yield base + resource.path
        yield from (base + each.path for each in resource.lists)
        yield from (base + each.http.path for each in resource.custom if each.http is not None)
    yield from (base + each.http.path for each in api.operations if each.http is not None)


def _is_below(path: str, begin: str) -> bool:
    return path == begin or path.startswith(f"{begin}/")


def _offered_twice(model: Model) -> Iterator[Fact]:
    """An entity may be a resource of several apis; what changes rows otherwise than by its fields stands in one resource of an api that shows
    all of them."""
    owning, versioned = owners(model), reaching(model)
    for api in model.apis:
        for resource in api.resources:
            main = main_resource(api, resource.entity)
            first = owning.get(resource.entity)
            if resource.single is None and resource is not main:
                yield from _only_once(resource, main)
            elif resource.entity in versioned and not is_whole(model, api):
                yield from _not_again(resource, None)
            elif first is not None and first[0] is not api:
                yield from _not_again(resource, first)


def _only_once(resource: Resource, main: Resource) -> Iterator[Fact]:
    remedy = (
        f"write it in the resource of `{resource.entity}` at `{main.path}`, where the first of these stands"
    )
    for each in (*resource.custom, *resource.hooks):
        what = f"`{each.name}` in this resource of `{resource.entity}`"
        yield NotSupported(what, each.span, remedy)
    for word, there in (
        ("@bulk", resource.bulk),
        ("@single", resource.single is not None),
        ("@can", resource.can),
        ("lists with filters of their own", bool(resource.lists)),
    ):
        if there:
            what = f"{word} in this resource of `{resource.entity}`"
            yield NotSupported(what, resource.span, remedy)


def _not_again(resource: Resource, first: tuple[Api, Resource] | None) -> Iterator[Fact]:
    if resource.can:
        remedy = (
            f"remove it: this api does not show all members of `{resource.entity}` and of what it leads to"
        )
        if first is not None:
            place = f"{first[0].called or first[0].name} {first[0].version}"
            remedy = f"write it in `{place}`, whose resource of `{resource.entity}` may have it"
        yield NotSupported(f"@can in this resource of `{resource.entity}`", resource.span, remedy)
