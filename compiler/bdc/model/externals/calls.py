"""Calls of other services: `calls` of operations with a handler, `call` of jobs.

An operation runs in a transaction, which must not wait for others: its calls are made by a handler outside of one, or by a job that it queues.
"""

from collections.abc import Iterable, Iterator

from bdc import ir
from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.externals import HeldOverCall, UnfitExternal
from bdc.model.errors.names import UnknownDeclaration, UnknownField
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions import Scope, value
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.external import External, ExternalOperation
from bdc.model.nodes.job import ExternalCall, JobStatement
from bdc.source import Span
from bdc.syntax import ast


def found_operation(context: ResolveContext, path: ast.Path) -> tuple[External, ExternalOperation] | None:
    """Return what `Mail.send` names, or report why it names nothing."""
    external = _external(context, path)
    if external is None:
        return None
    operation = external.find(path.last.text) if len(path.names) == 2 else None
    if operation is None:
        more = context.offered.get(external.name, ())
        if more is None or path.last.text in more:
            return None  # its file was not read, or why it cannot be called has been said
        known = dict.fromkeys((*(each.name for each in external.operations), *more))
        names = tuple(f"{external.name}.{each}" for each in known)
        context.report(UnknownDeclaration("operation", path.text, path.span, names))
        return None
    return external, operation


def _external(context: ResolveContext, path: ast.Path) -> External | None:
    symbol = context.symbol(path.names[0], "external")
    return context.externals.get(symbol.name) if symbol is not None else None


def handler_calls(
    context: ResolveContext, declared: ast.OperationDecl, entity: Entity | None, attributes: Attributes
) -> tuple[ExternalCall, ...]:
    """Return what the handler of an operation calls; calls that a transaction would wait for are reported."""
    _refuse_statements(context, declared, entity)
    paths = [path for item in declared.items if isinstance(item, ast.CallsItem) for path in item.operations]
    if paths:
        _refuse_holder(context, declared, entity, attributes, paths[0])
    return tuple(_named(context, paths))


def job_calls(context: ResolveContext, declared: ast.JobDecl, handler: bool) -> tuple[ExternalCall, ...]:
    """Return what the Python of a job calls. Statements say `call` themselves."""
    paths = [path for item in declared.items if isinstance(item, ast.CallsItem) for path in item.operations]
    if paths and not handler:
        help_ = f"write the statement `call {paths[0].text}(…)`, or `@handler` for Python"
        what = f"job `{declared.name.text}` has no handler that calls `{paths[0].text}`"
        context.report(UnfitExternal(what, "", help_, paths[0].span))
    return tuple(_named(context, paths))


def _named(context: ResolveContext, paths: Iterable[ast.Path]) -> Iterator[ExternalCall]:
    seen: set[tuple[str, str]] = set()
    for path in paths:
        found = found_operation(context, path)
        if found is not None and (found[0].name, found[1].name) not in seen:
            seen.add((found[0].name, found[1].name))
            yield ExternalCall(found[0].name, found[1].name, path.span)


def _refuse_statements(context: ResolveContext, declared: ast.OperationDecl, entity: Entity | None) -> None:
    for item in declared.items:
        if isinstance(item, ast.CallItem):
            help_ = _by_job(declared, entity, item.operation.text)
            caller = f"operation `{declared.name.text}`"
            context.report(HeldOverCall(caller, item.operation.text, help_, item.operation.span))


def _by_job(declared: ast.OperationDecl, entity: Entity | None, called: str) -> str:
    job = "".join(part.title() for part in declared.name.text.split("_")) + "Call"
    row, this = (f"row: {entity.name}", "row: this") if entity is not None else ("", "")
    return (
        f"queue a job, which begins when the transaction has ended: `job {job}({row}) {{ call {called}(…) }}`, "
        f"and `enqueue {job}({this})` here; what it did is undone by `compensate`, where a later step fails"
    )


def _refuse_holder(
    context: ResolveContext,
    declared: ast.OperationDecl,
    entity: Entity | None,
    attributes: Attributes,
    path: ast.Path,
) -> None:
    caller, name = f"operation `{declared.name.text}`", declared.name.text
    if not attributes.has("handler"):
        help_ = (
            f"write `@handler`: `calls` says what its Python calls; or queue a job with `call {path.text}(…)`"
        )
        context.report(
            UnfitExternal(f"{caller} has no handler that calls `{path.text}`", "", help_, path.span)
        )
    elif entity is not None:
        help_ = (
            f"{_by_job(declared, entity, path.text)}; or declare `op {name}` outside of the resource, "
            "whose handler opens transactions by itself"
        )
        context.report(HeldOverCall(caller, path.text, help_, path.span))
    elif attributes.has("idempotent"):
        help_ = f"leave out `@idempotent`, whose key is kept in the transaction, or {_by_job(declared, entity, path.text)}"
        context.report(HeldOverCall(caller, path.text, help_, path.span))


def called(context: ResolveContext, item: ast.CallItem, scope: Scope) -> JobStatement | None:
    """Return a call of a job, its arguments typed."""
    found = found_operation(context, item.operation)
    if found is None:
        return None
    external, operation = found
    values = tuple(_arguments(context, item, external, operation, scope))
    result = item.result.text if item.result is not None else None
    if item.result is not None and not _can_be_kept(context, external, operation, item.result):
        result = None
    name = f"{external.name}.{operation.name}"
    return JobStatement("call", name, None, values, item.span, item.operation.span, result=result)


def _can_be_kept(
    context: ResolveContext, external: External, operation: ExternalOperation, name: ast.Name
) -> bool:
    owner = f"`{external.name}.{operation.name}`"
    if operation.returns is None:
        help_ = f"leave out `-> {name.text}`, or declare what it answers: `op {operation.name}(…) -> Receipt`"
        context.report(UnfitExternal(f"{owner} has no result", "", help_, name.span))
    elif isinstance(operation.returns, ir.ArrayType):
        help_ = "let it answer with a `struct` that holds the list"
        context.report(
            UnfitExternal(f"{owner} answers with a list, which no statement can use", "", help_, name.span)
        )
    else:
        return True
    return False


def _arguments(
    context: ResolveContext,
    item: ast.CallItem,
    external: External,
    operation: ExternalOperation,
    scope: Scope,
) -> Iterator[Assignment]:
    known = {each.name: each for each in operation.parameters}
    names, owner = tuple(known), f"`{external.name}.{operation.name}`"
    for argument in item.arguments:
        if argument.name is None:
            help_ = f"name it: `{names[0] if names else 'name'}: …`"
            context.report(NotAllowedHere("an argument without a name", "`call`", argument.span, help_))
            continue
        entry = known.pop(argument.name.text, None)
        if entry is None:
            context.report(UnknownField(owner, argument.name.text, argument.name.span, names))
            continue
        expr = value(argument.value, scope, entry.type, entry.nullable, f"`{entry.name}`")
        if expr is not None:
            yield Assignment(entry.name, expr, argument.name.span)
    missing = [name for name, entry in known.items() if not entry.nullable]
    if missing:
        _missing(context, owner, missing[0], item.operation.span)


def _missing(context: ResolveContext, owner: str, name: str, span: Span) -> None:
    what = f"`{name}` of {owner} has no value"
    context.report(UnfitExternal(what, "", f"write `{name}: …` between the parentheses", span))
