"""Documents that need resolvers: executed by graphql-core over the Strawberry schema, with the same refusals and the same
shape of answer as the compiled way."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, execute

from api.graphql.engine.context import Context
from api.graphql.engine.documents import Operation
from api.graphql.engine.errors import VALIDATION, of_document, of_execution, of_problem
from api.graphql.engine.executor import failed
from api.graphql.engine.plans import Plan, RootProblem
from services.data.engine.jsontext import encoded
from services.engine.problems import Problem


async def resolve(
    schema: GraphQLSchema, operation: Operation, plan: Plan, given: Mapping[str, Any], context: Context
) -> tuple[int, bytes]:
    """Return the HTTP status and the response. Raises `Refused` before anything is performed."""
    plan.check(context.variables)
    if operation.kind == "query":
        try:
            plan.require(context.actor)
        except RootProblem as refusal:
            return 200, failed([of_problem(refusal.problem, [refusal.key])])
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
    refusals = [each for each in errors if isinstance(each.original_error, Problem)]
    if kind == "query" and any(len(each.path or ()) == 1 for each in refusals):
        # A refused root field refuses the query, as it does where one statement answers all of it.
        data, errors = None, refusals[:1]
    body: dict[str, Any] = {"data": data}
    if errors:
        body["errors"] = [written for each in errors for written in of_execution(each)]
    return _status(data, refusals), encoded(body).encode()


def _status(data: Any, refusals: list[Any]) -> int:
    """An answer without data that is our own fault says so to whoever watches statuses."""
    if data is not None or not refusals:
        return 200
    status = refusals[0].original_error.status
    return int(status) if status >= 500 else 200
