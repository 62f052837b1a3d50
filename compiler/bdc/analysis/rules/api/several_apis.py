"""Several apis of one system: each entity and each operation is offered by one of them, and all ask for the same credentials."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.support import NotSupported
from bdc.model.nodes.api import Api
from bdc.source import Span

_ALIKE = "write the same in every api"


def several_apis(model: Model) -> Iterator[Fact]:
    for api in model.apis[1:]:
        yield from _differences(model.apis[0], api)
    yield from _offered_twice(model)


def _differences(first: Api, other: Api) -> Iterator[Fact]:
    if set(other.auth) != set(first.auth):
        yield NotSupported("an api with other credentials than the first", other.span, _ALIKE)
    if _limit(other) != _limit(first):
        yield NotSupported("an api with another limit than the first", other.span, _ALIKE)
    if other.graphql is not None:
        yield NotSupported("GraphQL in an api that is not the first", other.span)


def _limit(api: Api) -> tuple[object, ...] | None:
    return None if api.limit is None else (api.limit.count, api.limit.seconds, api.limit.by)


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
