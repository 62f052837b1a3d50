"""A transition: the machine's change of state, its stamps, assignments and events, in one call."""

from sqlglot import exp

from bdc.ir import Operation, Resource, TransitionBody
from bdc.ir.compiled import CompiledFunction
from bdc.query.trees import negation
from bdc.query.writes import change, idempotency, references, statement
from bdc.query.writes.answer import status
from bdc.query.writes.assemble import assemble
from bdc.query.writes.change import Change
from bdc.query.writes.context import Context
from bdc.query.writes.events import emit
from bdc.query.writes.named_rows import refuse_unknown
from bdc.query.writes.names import FOUND, variable
from bdc.query.writes.operation import RowOperation, arguments, idempotent
from bdc.query.writes.plpgsql import Run, When
from bdc.query.writes.plpgsql import Statement as Step
from bdc.query.writes.roles import require_roles
from bdc.query.writes.signature import Signature
from bdc.query.writes.statement import Statements
from bdc.query.writes.statements import nothing, query, update


def compile_transition(context: Context, resource: Resource, operation: Operation) -> CompiledFunction:
    """Return the function `<entity>_<op>(identity…, key…, arguments…, if_match, idempotency_key, request_hash)`."""
    row = RowOperation.of(context, resource, operation)
    fresh = row.context
    if operation.returns is not None and not row.returns_row():
        raise TypeError(f"{row.bound} performs a transition: it returns its row or nothing")
    if states(operation):
        return _with_statements(row)
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


_VARIABLES = (*change.VARIABLES, *idempotency.VARIABLES, *references.VARIABLES, *statement.VARIABLES)


def states(operation: Operation) -> bool:
    """Whether an operation does more than change its row."""
    body = operation.body
    return (
        isinstance(body, TransitionBody) and bool(body.requires or body.statements or body.enqueues)
    ) or any(each.refers for each in operation.parameters)


def _with_statements(row: RowOperation) -> CompiledFunction:
    fresh, operation, moved = row.context, row.operation, row.change()
    values = row.values()
    more = Statements(fresh, operation, row.entity, row.bound, changes_row=bool(values))
    signature = fresh.signature(
        *moved.parameters(), *row.arguments(), *moved.if_match(), *row.asked(), *idempotent(operation)
    )
    changed = (_change(moved, values),) if values else ()
    body = [
        *(idempotency.claim(signature, row.bound) if operation.idempotent else ()),
        *more.opened(*more.lock()),
        _find(moved, locked=bool(values or more.body.requires)),
        When(negation(variable(FOUND)), moved.explain()),
        *refuse_unknown(fresh, operation),
        *_rest(row, more, changed, signature, moved.key()),
    ]
    return assemble(fresh, row.name, row.entity.name, operation.name, signature, body, _VARIABLES)


def _rest(
    row: RowOperation,
    more: Statements,
    changed: tuple[Step, ...],
    signature: Signature,
    key: list[exp.Expression],
) -> tuple[Step, ...]:
    """Return what follows once the row is found. A removal may take the row of the operation with it: events are written before, and nothing
    is read back."""
    if row.operation.returns is None and any(each.verb == "remove" for each in more.body.statements):
        return (
            *more.opened(*more.checked(), *changed),
            *row.told(signature, key),
            *more.opened(*more.written()),
            *row.done(signature, row.name),
        )
    return (
        *more.opened(*more.checked(), *changed, *more.written()),
        *row.answer(signature, key, row.name),
    )


def _find(moved: Change, *, locked: bool) -> Step:
    """Find the row by key and policy; a row that nothing is asked of and that stays as it is needs no lock."""
    if locked or not moved.context.inline:
        return moved.lock()
    return Run(query([nothing()], [moved.target()], moved.where()), (change.LOCKED,))


def _change(moved: Change, values: dict[str, exp.Expression]) -> Step:
    """Change the row that is locked and was found to be open to the operation."""
    return Run(update(moved.target(), {**values, **change.touched(moved.entity)}, moved.located()))


def compile_free_statements(context: Context, operation: Operation) -> CompiledFunction:
    """Return the function `<op>(identity…, arguments…)` of an operation outside a resource."""
    fresh = context.fresh()
    called = fresh.function_name(None, operation.name)
    more = Statements(fresh, operation, None, operation.name)
    signature = fresh.signature(*arguments(fresh, operation), *idempotent(operation))
    body = [
        *require_roles(fresh, operation, signature),
        *(idempotency.claim(signature, operation.name) if operation.idempotent else ()),
        *more.opened(*more.lock()),
        *refuse_unknown(fresh, operation),
        *more.opened(*more.checked(), *more.written()),
        status(204),
        *emit(fresh, operation, None, signature),
        *(idempotency.store(signature, operation.name, called) if operation.idempotent else ()),
    ]
    return assemble(fresh, called, None, operation.name, signature, body, _VARIABLES)
