"""Documents that need resolvers: executed by graphql-core over the Strawberry schema, with the same refusals and the same
shape of answer as the compiled way."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

import orjson
from api.graphql.context import Context
from api.graphql.documents import Operation
from api.graphql.errors import VALIDATION, Refused, of_document, of_execution
from services.problems import Problem

from graphql import ExecutionResult, GraphQLSchema, execute


async def resolve(
    schema: GraphQLSchema, operation: Operation, given: Mapping[str, Any], context: Context
) -> tuple[int, bytes]:
    """Return the HTTP status and the response. Raises `Refused`: a value of a query does not fit, whichever field it is for."""
    name = operation.node.name
    pending = execute(
        schema,
        operation.document,
        context_value=context,
        variable_values=dict(given),
        operation_name=name.value if name is not None else None,
        hide_suggestions=True,
    )
    result: Any = await pending if isawaitable(pending) else pending
    if not isinstance(result, ExecutionResult):
        raise of_document(VALIDATION, [])
    return _written(operation.kind, result)


def _written(kind: str, result: ExecutionResult) -> tuple[int, bytes]:
    errors = result.errors or []
    data = result.data
    for each in errors:
        if isinstance(each.original_error, Refused) and kind == "query":
            raise each.original_error
    refusals = [each for each in errors if isinstance(each.original_error, Problem)]
    if kind == "query" and any(len(each.path or ()) == 1 for each in refusals):
        # A refused root field refuses the query, as it does where one statement answers all of it.
        data, errors = None, refusals[:1]
    body: dict[str, Any] = {"data": data}
    if errors:
        body["errors"] = [written for each in errors for written in of_execution(each)]
    return _status(data, refusals), orjson.dumps(body, default=str)


def _status(data: Any, refusals: list[Any]) -> int:
    """An answer without data that is our own fault says so to whoever watches statuses."""
    if data is not None or not refusals:
        return 200
    status = refusals[0].original_error.status
    return int(status) if status >= 500 else 200
