"""What names mean in jobs: what each is called with, and the rows that its statements are about."""

from dataclasses import replace

from bdc.lsp import row_visits as rows
from bdc.lsp.walker import Reach, Scope, Walker
from bdc.syntax import ast


def job(walker: Walker, node: ast.JobDecl, scope: Scope) -> None:
    walker.declare(node)
    if node.event is not None:
        event = walker.top(node.event.last)
        for member in walker.symbols.members.get(event, {}).values() if event is not None else ():
            scope = scope.with_variable(member.target.name, member.target, Reach(member.type, member.many))
    target = walker.symbols.anywhere(walker.path, node.name.text)
    for each in node.parameters or ():
        found = walker.symbols.member(target, each.name.text)
        walker.visit(each.type, scope)
        if found is not None:
            walker.note(each.name, found.target, declares=True)
            scope = scope.with_variable(each.name.text, found.target, Reach(found.type, found.many))
    for item in node.items:
        if isinstance(item, ast.Entry) and item.name.text == "enqueues":
            _named(walker, item.value)
        else:
            walker.visit(item, scope)


def _named(walker: Walker, value: ast.Expr) -> None:
    """The jobs that Python queues."""
    for each in value.items if isinstance(value, ast.ListLiteral) else (value,):
        if isinstance(each, ast.Path):
            walker.top(each.last)


def enqueue(walker: Walker, node: ast.EnqueueItem, scope: Scope) -> None:
    walker.top(node.job.last)
    row = walker.top(node.entity.last) if node.entity is not None else None
    there = replace(scope, row=row)
    for argument in node.arguments:
        walker.visit(argument.value, there)
    for each in (node.at, node.condition):
        if each is not None:
            walker.visit(each, there)


def change_where(walker: Walker, node: ast.UpdateWhereItem | ast.DeleteWhereItem, scope: Scope) -> None:
    entity = walker.top(node.entity.last)
    there = replace(scope, row=entity)
    walker.visit(node.condition, there)
    if isinstance(node, ast.UpdateWhereItem):
        rows.object_(walker, node.values, there, entity)


def emit(walker: Walker, node: ast.EmitItem, scope: Scope) -> None:
    event = walker.top(node.event.last)
    if node.values is not None:
        rows.object_(walker, node.values, replace(scope, row=None), event)
