"""GraphQL queries of the load profile: rows by key and pages, with their plain members."""

from typing import Any

from bdc.ir import Api, SystemIR
from bdc.surface.addresses import around
from bdc.surface.graphql.outline import outline
from bdc.surface.graphql.tree import Field, Get, Member, ObjectType, Page

Data = dict[str, Any]
MOST_MEMBERS = 8


def graphql_requests(system: SystemIR, api: Api) -> list[Data]:
    """Return a request for each field of Query that gives rows; none where the api has no GraphQL."""
    if api.graphql is None:
        return []
    schema = outline(system, api)
    rows = {each.entity: each for each in schema.objects if each.entity is not None}
    found = []
    for field in schema.declared_queries:
        meaning = field.meaning
        if (
            isinstance(meaning, Get | Page)
            and meaning.entity in rows
            and not around(system, system.entity(meaning.entity))
        ):
            found.append(_request(api.graphql.path, field, meaning, rows[meaning.entity]))
    return found


def _request(path: str, field: Field, meaning: Get | Page, row: ObjectType) -> Data:
    members = [each.name for each in row.fields if isinstance(each.meaning, Member)][:MOST_MEMBERS]
    selection = "{ " + " ".join(members or ["__typename"]) + " }"
    request: Data = {"name": f"GraphQL {field.name}", "part": "graphql", "method": "POST", "path": path}
    if isinstance(meaning, Page):
        return request | {"body": {"query": f"{{ {field.name} {{ nodes {selection} }} }}"}}
    keys = {argument.name: argument.source for argument in field.arguments}
    types = [f"${each.name}: {_type(each)}" for each in field.arguments]
    passed = ", ".join(f"{name}: ${name}" for name in keys)
    query = f"query({', '.join(types)}) {{ {field.name}({passed}) {selection} }}"
    return request | {"of": meaning.entity, "variables": keys, "body": {"query": query}}


def _type(argument: Any) -> str:
    return f"{argument.type.name}{'' if argument.type.nullable else '!'}"
