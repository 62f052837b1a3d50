"""A transition: the machine's change of state, its stamps, assignments and events, in one call."""

from bdc.ir import Operation, Resource
from bdc.ir.compiled import CompiledFunction
from bdc.query.writes import change, idempotency
from bdc.query.writes.assemble import assemble
from bdc.query.writes.context import Context
from bdc.query.writes.operation import RowOperation, idempotent


def compile_transition(context: Context, resource: Resource, operation: Operation) -> CompiledFunction:
    """Return the function `<entity>_<op>(identity…, key…, arguments…, if_match, idempotency_key, request_hash)`."""
    row = RowOperation.of(context, resource, operation)
    fresh = row.context
    if operation.returns is not None and not row.returns_row():
        raise TypeError(f"{row.bound} performs a transition: it returns its row or nothing")
    moved = row.change()
    signature = fresh.signature(
        *moved.parameters(), *row.arguments(), *moved.if_match(), *row.asked(), *idempotent(operation)
    )
    body = [
        *(idempotency.claim(signature, row.bound) if operation.idempotent else ()),
        *moved.apply(moved.set(row.values())),
        *row.answer(signature, moved.key(), row.name),
    ]
    variables = (*change.VARIABLES, *idempotency.VARIABLES)
    return assemble(fresh, row.name, row.entity.name, operation.name, signature, body, variables)
