"""The writes of a system, in declared order: every resource's operations, then the operations outside resources."""

from collections.abc import Iterator

from bdc.ir import HandlerBody, Operation, Resource, SqlBody, SystemIR, TransitionBody
from bdc.ir.compiled import CompiledFunction
from bdc.query.policy import Policies
from bdc.query.writes.context import Context
from bdc.query.writes.create import compile_create
from bdc.query.writes.delete import compile_delete
from bdc.query.writes.handler import compile_free_handler, compile_handler
from bdc.query.writes.sqlbody import compile_free_sql, compile_row_sql
from bdc.query.writes.transition import compile_free_statements, compile_transition
from bdc.query.writes.update import compile_update

_BY_NAME = {"create": compile_create, "update": compile_update, "delete": compile_delete}


def compile_writes(
    system: SystemIR, inline_policies: bool = True, policies: Policies | None = None
) -> tuple[CompiledFunction, ...]:
    """Return every write of `system` as a function, each once however many apis offer it. `policies`: where to collect the
    helpers that the conditions need. TypeError for what cannot be expressed."""
    context = Context(system, policies or Policies(system), inline_policies)
    found: dict[str, CompiledFunction] = {}
    for api in system.apis:
        for resource in api.resources:
            found.update((each.name, each) for each in _of_resource(context, resource))
        for operation in api.operations:
            found.update((each.name, each) for each in _free(context, operation))
    return tuple(found.values())


def _of_resource(context: Context, resource: Resource) -> Iterator[CompiledFunction]:
    for name in resource.operations:
        if name in _BY_NAME:
            yield _BY_NAME[name](context, resource)
    for operation in resource.custom:
        yield from _custom(context, resource, operation)


def _custom(context: Context, resource: Resource, operation: Operation) -> Iterator[CompiledFunction]:
    match operation.body:
        case TransitionBody():
            yield compile_transition(context, resource, operation)
        case HandlerBody():
            yield from compile_handler(context, resource, operation)
        case SqlBody():
            yield compile_row_sql(context, resource, operation)


def _free(context: Context, operation: Operation) -> Iterator[CompiledFunction]:
    match operation.body:
        case SqlBody():
            yield compile_free_sql(context, operation)
        case HandlerBody():
            yield from compile_free_handler(context, operation)
        case TransitionBody():
            yield compile_free_statements(context, operation)
