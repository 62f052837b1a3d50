"""What REST offers, GraphQL offers, or it is in a named list. Over all systems and examples that have GraphQL."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bdc.ir import Api, SystemIR
from bdc.surface.bulk import bulk_endpoints
from bdc.surface.endpoints import Endpoint, Kind, endpoints
from bdc.surface.graphql.outline import outline
from bdc.surface.graphql.tree import Call, Field, Get, Page, Schema, Task
from bdc.surface.names import surface_names
from bdc_emitters.openapi.document import build
from tests.support.emitted import compiled

ROOT = Path(__file__).parents[2]
SPECIFICATIONS = sorted(
    folder
    for folder in (*(ROOT / "tests/systems").iterdir(), *(ROOT / "examples").iterdir())
    if any("graphql at" in file.read_text(encoding="utf-8") for file in folder.glob("*.bds"))
)
# Operations of REST alone: keys of other services, messages of other services, and what manages sessions, keys and invitations.
REST_ALONE = frozenset(
    [
        "accept_invitation",
        "add_key",
        "end_invitation",
        "end_key",
        "found_tenant",
        "invite",
        "key_set",
        "list_invitations",
        "list_keys",
        "show_session",
    ]
)
RECEIVED = "receive_"


def _offered(system: SystemIR) -> Api:
    return next(api for api in system.apis if api.graphql is not None)


def _missing(system: SystemIR) -> Iterator[str]:
    api = _offered(system)
    schema = outline(system, api)
    for endpoint in endpoints(system):
        # A list under a path of its own is the list of the resource with a filter.
        if endpoint.api is api and endpoint.own is None and not _is_there(system, schema, endpoint):
            yield endpoint.id
    tasks = {field.meaning for field in schema.task_mutations}
    for each in bulk_endpoints(system):
        if each.api is api and Task("bulk", f"{each.entity.name}.{each.kind}_many") not in tasks:
            yield f"{each.entity.name} {each.kind} many"
    for name in _besides(system):
        if Task("sign_in", name) not in tasks:
            yield name


def _besides(system: SystemIR) -> Iterator[str]:
    """Yield what the document of REST has besides operations of resources, as far as it is not for REST alone."""
    known = {endpoint.id for endpoint in endpoints(system)}
    for path in build(system)["paths"].values():
        for operation in path.values():
            name = operation.get("operationId", "") if isinstance(operation, dict) else ""
            if (
                name
                and name not in known | REST_ALONE
                and "_many_" not in name
                and not name.startswith(RECEIVED)
            ):
                yield name


def _is_there(system: SystemIR, schema: Schema, endpoint: Endpoint) -> bool:
    fields = (*schema.queries, *schema.mutations)
    return any(_means(system, field, endpoint) for field in fields)


def _means(system: SystemIR, field: Field, endpoint: Endpoint) -> bool:
    meaning = field.meaning
    entity = endpoint.entity.name if endpoint.entity is not None else None
    name = endpoint.operation.name if endpoint.operation is not None else str(endpoint.kind)
    match endpoint.kind:
        case Kind.LIST:
            return isinstance(meaning, Page) and meaning.entity == entity
        case Kind.GET:
            own = isinstance(meaning, Get) and meaning.own is not None
            return isinstance(meaning, Get) and meaning.entity == entity and own == endpoint.single
    constant = surface_names(system).operations[entity, name]
    return (
        isinstance(meaning, Call)
        and meaning.operation == constant
        and (meaning.own is not None) == endpoint.single
    )


def _shapes_that_differ(system: SystemIR) -> Iterator[str]:
    """Yield members that a body of REST has and the input of GraphQL has not."""
    api = _offered(system)
    inputs = {each.name: {field.source for field in each.fields} for each in outline(system, api).inputs}
    types = {field.source for each in outline(system, api).objects for field in each.fields}
    assert types
    for resource in api.resources:
        for verb, shape in (("Create", resource.create), ("Update", resource.update)):
            known = [sources for name, sources in inputs.items() if name == f"{verb}{resource.entity}Input"]
            for member in shape.members if shape is not None and known else ():
                wanted = {member.called or member.field, f"{member.field}_id"}
                if not wanted & known[0]:
                    yield f"{verb} {resource.entity}.{member.field}"


@pytest.mark.parametrize("folder", SPECIFICATIONS, ids=lambda folder: folder.name)
def test_graphql_offers_what_rest_offers(folder: Path) -> None:
    system = compiled(folder)[1]
    assert list(_missing(system)) == []
    assert list(_shapes_that_differ(system)) == []


def test_a_field_that_is_left_out_is_noticed() -> None:
    system = compiled(ROOT / "tests/systems/desk")[1]
    api = _offered(system)
    schema = outline(system, api)
    own = next(each for each in endpoints(system) if each.single and each.kind is Kind.GET)
    assert _is_there(system, schema, own)
    assert not _is_there(system, replace(schema, task_queries=()), own)
