"""Several apis of one system: each entity and each operation is offered by one of them, and one has GraphQL."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.support import NotSupported
from bdc.model.nodes.api import Api
from bdc.source import Span


def several_apis(model: Model) -> Iterator[Fact]:
    """Several apis serve different entities under paths of their own, and one of them has GraphQL."""
    if len(model.apis) < 2:
        return
    yield from _several_graphql(model)
    yield from _offered_twice(model)
    if len({_asked(api) for api in model.apis}) > 1:
        yield from _inside_another(model)


def _asked(api: Api) -> tuple[object, ...]:
    limit = None if api.limit is None else (api.limit.count, api.limit.seconds, api.limit.by)
    return frozenset(api.auth), limit


def _several_graphql(model: Model) -> Iterator[Fact]:
    offering = [api for api in model.apis if api.graphql is not None]
    for api in offering[1:]:
        yield NotSupported("GraphQL in two apis", api.span, f"remove it here: `{offering[0].name}` has it")
    signs_in = model.identity is not None and model.identity.sign_in is not None
    for api in offering[:1]:
        if signs_in and "bearer" not in api.auth:
            remedy = "write `auth bearer` here, or offer GraphQL in the api that takes tokens"
            yield NotSupported("sign-in over GraphQL in an api that takes no tokens", api.span, remedy)


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
    seen: dict[str, tuple[Api, Span]] = {}
    for api in model.apis:
        offers = [(f"resource {each.entity}", each.span) for each in api.resources]
        offers += [(f"operation {each.name}", each.span) for each in api.operations]
        for name, span in offers:
            first, _ = seen.setdefault(name, (api, span))
            if first is not api:
                yield NotSupported(
                    f"{name.replace(' ', ' `')}` in two apis", span, f"remove it here: `{first.name}` has it"
                )
