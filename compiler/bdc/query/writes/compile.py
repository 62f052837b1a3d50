"""The writes of a system, in declared order: every resource's operations, then the operations outside resources."""

from collections.abc import Iterable, Iterator

from bdc.ir import HandlerBody, Operation, Resource, SqlBody, SystemIR, TransitionBody
from bdc.ir.compiled import CompiledFunction
from bdc.query.policy import Policies
from bdc.query.relation_terms import MadeFunction
from bdc.query.writes.bulk import bulk_functions
from bdc.query.writes.context import Context
from bdc.query.writes.create import compile_create
from bdc.query.writes.delete import compile_delete
from bdc.query.writes.handler import compile_free_handler, compile_handler
from bdc.query.writes.sqlbody import compile_free_sql, compile_row_sql
from bdc.query.writes.transition import compile_free_statements, compile_transition
from bdc.query.writes.update import compile_update
from bdc.source.forking import WORTH_A_PROCESS, both, can_fork

_BY_NAME = {"create": compile_create, "update": compile_update, "delete": compile_delete}


def compile_writes(
    system: SystemIR, inline_policies: bool = True, policies: Policies | None = None
) -> tuple[CompiledFunction, ...]:
    """Return every write of `system` as a function, each once however many apis offer it. `policies`: where to collect the
    helpers that the conditions need. TypeError for what cannot be expressed."""
    context = Context(system, policies or Policies(system), inline_policies)
    parts = list(_parts(system))
    worth = len(parts) >= WORTH_A_PROCESS and can_fork()
    compiled = _in_two_processes(context, parts) if worth else _compiled(context, parts)
    found: dict[str, CompiledFunction] = {}
    for function in compiled:
        found[function.name] = function
    return tuple(found.values())


def _parts(system: SystemIR) -> Iterator[Resource | Operation]:
    for api in system.apis:
        yield from api.resources
        yield from api.operations


def _compiled(context: Context, parts: Iterable[Resource | Operation]) -> list[CompiledFunction]:
    found: list[CompiledFunction] = []
    for part in parts:
        found += _of_resource(context, part) if isinstance(part, Resource) else _free(context, part)
    return found


def _in_two_processes(context: Context, parts: list[Resource | Operation]) -> list[CompiledFunction]:
    """Compile the second half in a process of its own. The helpers that it needs get the names that they get in one process: where these are not
    what it wrote, it is done again here."""
    first, second = parts[: len(parts) // 2], parts[len(parts) // 2 :]
    terms = context.policies.terms
    known = len(terms.made)

    def there() -> tuple[list[CompiledFunction], tuple[MadeFunction, ...]]:
        return _compiled(context, second), terms.made[known:]

    ours, (theirs, made) = both(lambda: _compiled(context, first), there)
    return ours + (theirs if terms.take(made) else _compiled(context, second))


def _of_resource(context: Context, resource: Resource) -> Iterator[CompiledFunction]:
    singles: dict[str, CompiledFunction] = {
        name: _BY_NAME[name](context, resource) for name in resource.offered if name in _BY_NAME
    }
    yield from singles.values()
    yield from bulk_functions(context, resource, singles)
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
