"""`external`: another service, with the operations that it offers."""

from collections.abc import Iterator

from bdc.model.context import ResolveContext
from bdc.model.errors.externals import UnfitExternal
from bdc.model.errors.names import DuplicateMember
from bdc.model.externals.operations import resolve_offered
from bdc.model.externals.settings import address, auth, settings
from bdc.model.nodes.deploy import Value
from bdc.model.nodes.external import External, ExternalOperation
from bdc.syntax import ast

TIMEOUT, RETRY, BACKOFF, FAILURES, OPEN, BULKHEAD = 2.0, 2, (0.05, 2.0), 5, 30.0, 20


def resolve_externals(context: ResolveContext) -> None:
    """Fill `context.externals`, in order."""
    for declared in context.declarations():
        if isinstance(declared, ast.ExternalDecl) and declared.name.text not in context.externals:
            context.externals[declared.name.text] = _external(context, declared)


def _external(context: ResolveContext, declared: ast.ExternalDecl) -> External:
    name, told = declared.name.text, settings(context, declared)
    operations = tuple(_operations(context, declared))
    if (
        declared.document is None
        and not operations
        and not any(isinstance(each, ast.Broken | ast.OperationDecl) for each in declared.items)
    ):
        help_ = 'write what is called: `op send(to: string, text: string) @http(POST, "/send")`'
        context.report(
            UnfitExternal(f"external `{name}` offers nothing", "no operation", help_, declared.name.span)
        )
    return External(
        name=name,
        span=declared.name.span,
        doc=declared.doc,
        address=address(context, declared.address),
        timeout=_number(told, "timeout", TIMEOUT),
        retry=int(_number(told, "retry", RETRY)),
        backoff=(_number(told, "first", BACKOFF[0]), _number(told, "last", BACKOFF[1])),
        failures=int(_number(told, "failures", FAILURES)),
        open=_number(told, "open", OPEN),
        bulkhead=int(_number(told, "bulkhead", BULKHEAD)),
        auth=auth(context, declared),
        operations=operations,
    )


def _operations(context: ResolveContext, declared: ast.ExternalDecl) -> Iterator[ExternalOperation]:
    first: dict[str, ExternalOperation] = {}
    for item in declared.items:
        if not isinstance(item, ast.OperationDecl):
            continue
        found = resolve_offered(context, declared.name.text, item)
        other = first.setdefault(found.name, found)
        if other is not found:
            owner = f"external `{declared.name.text}`"
            context.report(DuplicateMember("operation", found.name, owner, found.span, other.span))
            continue
        yield found


def _number(told: dict[str, Value], name: str, default: float) -> float:
    found = told.get(name, default)
    return float(found) if isinstance(found, int | float) else default
