"""Operations of the service as GraphQL calls them, and its tasks: what it does besides operations on one row.

The module that performs a task is called like its kind. It stands beside this one where a system has such tasks, and is loaded with the
first of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import orjson

from api.engine.http.parse import own
from api.engine.http.request import Request
from api.graphql.engine.conversion import native, parser
from api.graphql.engine.meaning import Call, Task
from api.graphql.engine.tables import Tables
from services.data import operations
from services.data.engine.execute import Result
from services.data.engine.operation import Operation
from services.security.engine.actor import Actor


def operation_of(call: Call) -> Operation:
    """Return the operation by the name of its constant."""
    found: Operation = getattr(operations, call.operation)
    return found


def call_arguments(
    tables: Tables, call: Call, given: Mapping[str, Any]
) -> tuple[Operation, tuple[Any, ...], dict[str, Any]]:
    """Return the operation, the key and the other arguments of `perform`."""
    operation = operation_of(call)
    key = tuple(parser(kind, name)(given[name]) for name, kind in call.keys)
    body: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for name, source, type_ in call.arguments:
        if name not in given:
            continue
        if source in ("if_match", "idempotency_key"):
            more[source] = given[name]
        elif call.verb in ("create", "update"):
            body = tables.body(type_, given[name])
        elif operation.input is None:
            body[source] = native(type_, given[name])
        else:
            body[source] = tables.body(type_, given[name])
    return operation, key, {"body": body, **more}


def key_of(call: Call, actor: Actor, key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the key of the row that a call is about. Raises `unauthenticated` for the row of a caller without an identity."""
    return key if call.own is None else own(actor, call.own)


def answered_key(tables: Tables, call: Call, result: Result) -> tuple[Any, ...] | None:
    """Return the key of the row that an operation answered; None when the caller may not see it."""
    row = orjson.loads(result.body) if result.body else None
    return None if row is None else tuple(row[member] for member, _ in tables.keys[call.entity or ""])


def task_arguments(tables: Tables, task: Task, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given, with the names of members."""
    return {
        source: tables.body(type_, given[name]) for name, source, type_ in task.arguments if name in given
    }


def rows_of(given: Mapping[str, Any]) -> int:
    """Return how many rows more than one a task writes."""
    lists = [value for value in given.values() if type(value) is list]
    return max(sum(map(len, lists)) - 1, 0)


async def performed(
    tables: Tables, task: Task, request: Request, actor: Actor, given: Mapping[str, Any]
) -> Any:
    """Perform a task and return its result as plain values. Raises `Problem`."""
    module = import_module(f"api.graphql.engine.{task.kind}")
    return await module.perform(request, actor, task.name, task_arguments(tables, task, given))
