"""Operations with user code: a function before it and one after it, in one transaction.

`_begin` decides whether the code may run at all (or replays an answer) and locks the row; `_finish` does what the
specification says beside the code: the transition, assignments, events, the answer.
"""

from dataclasses import replace

from sqlglot import exp

from bdc.ir import Operation, Resource
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole, half
from bdc.query.trees import call, negation
from bdc.query.writes import change, idempotency, references, refusals
from bdc.query.writes.answer import status
from bdc.query.writes.assemble import assemble
from bdc.query.writes.change import Change
from bdc.query.writes.context import Context
from bdc.query.writes.events import emit
from bdc.query.writes.named_rows import naming, refuse_unknown
from bdc.query.writes.names import FOUND, ROW, variable
from bdc.query.writes.operation import RowOperation, arguments, idempotent
from bdc.query.writes.plpgsql import Assign, Declared, Run, Statement, When
from bdc.query.writes.roles import require_roles
from bdc.query.writes.signature import OUTPUTS, Signature
from bdc.query.writes.statements import nothing, query, update

_ROW = '"row"'
_BEGIN_OUTPUTS = (*OUTPUTS, Declared(_ROW, "jsonb"))
_VARIABLES = (*change.VARIABLES, *idempotency.VARIABLES, *references.VARIABLES)


def compile_handler(
    context: Context, resource: Resource, operation: Operation
) -> tuple[CompiledFunction, CompiledFunction]:
    """Return `<entity>_<op>_begin` and `<entity>_<op>_finish`."""
    begin, finish = (RowOperation.of(context, resource, operation) for _ in ("begin", "finish"))
    return _begin(begin), _finish(finish)


def _begin(row: RowOperation) -> CompiledFunction:
    locked = row.change()
    operation = row.operation
    signature = row.context.signature(
        *locked.parameters(),
        *_named(row.context, operation),
        *locked.if_match(),
        *idempotent(operation),
    )
    body = [
        *(idempotency.claim(signature, row.bound) if operation.idempotent else ()),
        _lock(locked),
        When(negation(variable(FOUND)), locked.explain()),
        *refuse_unknown(row.context, operation),
        status(0),
    ]
    return _assemble(row, "begin", signature, body, _BEGIN_OUTPUTS)


def _named(context: Context, operation: Operation) -> tuple[FunctionParameter, ...]:
    """Return the arguments that name rows: these have to be there before the code runs."""
    names = {each.name for each in naming(operation)}
    return tuple(each for each in arguments(context, operation) if each.name in names)


def _lock(locked: Change) -> Statement:
    """Lock the row for the code, and hand it over whole: the code is trusted, masks are for callers."""
    found = query([call("to_jsonb", variable(ROW))], [locked.target()], locked.where())
    return Run(locked.locked(found), (_ROW,))


def _finish(row: RowOperation) -> CompiledFunction:
    operation = row.operation
    moved = row.change()
    result = () if row.returns_row() or operation.returns is None else (_RESULT,)
    signature = row.context.signature(
        *moved.parameters(), *row.arguments(), *row.asked(), *idempotent(operation), *result
    )
    body = [*_move(row, moved), *row.answer(signature, moved.key(), row.function("finish"))]
    return _assemble(row, "finish", signature, body, OUTPUTS)


_RESULT = FunctionParameter("result", "text", ParameterRole.RESULT)


def _move(row: RowOperation, moved: Change) -> tuple[Statement, ...]:
    """Change the row that `_begin` locked: the permission was decided there, the code may have moved it since."""
    values = {**row.values(), **change.touched(row.entity)}
    if not values:
        return ()
    statement = update(moved.target(), values, [*moved.located(), *moved.conditions])
    gone = negation(exp.Exists(this=query([nothing()], [moved.target()], moved.located())))
    refused = (When(gone, (refusals.NOT_FOUND,)), *moved.reasons)
    return (Run(statement), When(negation(variable(FOUND)), refused))


def _assemble(
    row: RowOperation, part: str, signature: Signature, body: list[Statement], outputs: tuple[Declared, ...]
) -> CompiledFunction:
    """Both halves act as the operation itself: rules and keys know it by one name."""
    compiled = assemble(
        row.context,
        row.context.function_name(row.entity.name, row.operation.name, part),
        row.entity.name,
        row.operation.name,
        signature,
        body,
        _VARIABLES,
        outputs,
    )
    return replace(compiled, operation=half(row.operation.name, part))


def compile_free_handler(context: Context, operation: Operation) -> tuple[CompiledFunction, CompiledFunction]:
    """Return `<op>_begin` and `<op>_finish` of an operation outside a resource: it has no row."""
    return _free_begin(context.fresh(), operation), _free_finish(context.fresh(), operation)


def _free_begin(context: Context, operation: Operation) -> CompiledFunction:
    signature = context.signature(*_named(context, operation), *idempotent(operation))
    body = [
        *require_roles(context, operation, signature),
        *(idempotency.claim(signature, operation.name) if operation.idempotent else ()),
        *refuse_unknown(context, operation),
        status(0),
    ]
    name, called = operation.name, context.function_name(None, operation.name, "begin")
    compiled = assemble(context, called, None, name, signature, body, _VARIABLES, _BEGIN_OUTPUTS)
    return replace(compiled, operation=half(name, "begin"))


def _free_finish(context: Context, operation: Operation) -> CompiledFunction:
    returns = operation.returns is not None
    name, called = operation.name, context.function_name(None, operation.name, "finish")
    result = (_RESULT,) if returns else ()
    signature = context.signature(*arguments(context, operation), *idempotent(operation), *result)
    answer = (status(200), Assign("body", variable("p_result"))) if returns else (status(204),)
    body = [
        *emit(context, operation, None, signature),
        *answer,
        *(idempotency.store(signature, operation.name, called) if operation.idempotent else ()),
    ]
    compiled = assemble(context, called, None, name, signature, body, _VARIABLES)
    return replace(compiled, operation=half(name, "finish"))
