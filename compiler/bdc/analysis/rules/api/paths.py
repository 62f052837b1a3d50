"""Every method and path of an api leads to one thing."""

import re
from collections.abc import Iterator

from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.analysis import DUPLICATE_PATH, OFFERED_TWICE
from bdc.model import Model
from bdc.model.nodes.api import Api
from bdc.source import Span
from bdc.source.records import dataclass

_HOLE = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class DuplicatePath(Fact):
    DIAGNOSTIC = DUPLICATE_PATH

    what: str
    span: Span
    first: Span
    api: str = ""  # the one that offers an entity twice

    def declaration(self) -> Declared:
        return OFFERED_TWICE if self.api else DUPLICATE_PATH


def paths(model: Model) -> Iterator[Fact]:
    bases: dict[str, Span] = {}
    schemas: dict[str, Span] = {}
    for api in model.apis:
        first = bases.setdefault(api.path, api.span)
        if first != api.span:
            yield DuplicatePath(api.path, api.span, first)
        if api.graphql is not None:
            first = schemas.setdefault(api.graphql.path, api.span)
            if first != api.span:
                yield DuplicatePath(api.graphql.path, api.span, first)
        yield from _duplicates(api)


def _duplicates(api: Api) -> Iterator[Fact]:
    seen: dict[str, Span] = {}
    entities: dict[str, Span] = {}
    for resource in api.resources:
        first = seen.setdefault(resource.path, resource.path_span)
        if first != resource.path_span:
            yield DuplicatePath(resource.path, resource.path_span, first)
        if resource.single is None:
            continue  # an entity may stand at several paths; only one of them is the row of the caller
        first = entities.setdefault(resource.entity, resource.span)
        if first != resource.span:
            yield DuplicatePath(resource.entity, resource.span, first, api.name)
    for resource in api.resources:
        for each in resource.lists:
            first = seen.setdefault(f"GET {each.path}", each.span)
            if first != each.span or f"GET {each.path}" in _of_resources(api):
                yield DuplicatePath(each.path, each.span, seen.get(each.path, first))
    for operation in (*api.operations, *(each for resource in api.resources for each in resource.custom)):
        if operation.http is not None:
            name = f"{operation.http.method} {_HOLE.sub('{}', operation.http.path)}"
            first = seen.setdefault(name, operation.http.span)
            if first != operation.http.span:
                yield DuplicatePath(
                    f"{operation.http.method} {operation.http.path}", operation.http.span, first
                )
            elif name in _of_resources(api):
                yield DuplicatePath(operation.http.path, operation.http.span, seen[operation.http.path])


def _of_resources(api: Api) -> set[str]:
    """Requests to the whole of a resource that the resource itself answers."""
    many = (("list", "GET"), ("create", "POST"))
    one = (("get", "GET"), ("update", "PATCH"), ("delete", "DELETE"))
    return {
        f"{method} {resource.path}"
        for resource in api.resources
        for verb, method in (many if resource.single is None else one)
        if resource.offers(verb)
    }
