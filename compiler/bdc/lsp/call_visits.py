"""Names in calls of other services, and in what is declared about those."""

from dataclasses import replace

from bdc.lsp.walker import Scope, Walker
from bdc.syntax import ast


def call(walker: Walker, node: ast.CallItem, scope: Scope) -> None:
    """`call Mail.send(to: name)`: the service, and what its arguments name."""
    walker.top(node.operation.names[0])
    for argument in node.arguments:
        walker.visit(argument.value, replace(scope, row=None))


def calls(walker: Walker, node: ast.CallsItem, scope: Scope) -> None:
    """`calls Mail.send`: the service."""
    for path in node.operations:
        walker.top(path.names[0])


def external(walker: Walker, node: ast.ExternalDecl, scope: Scope) -> None:
    """An `external`: it is declared here, and its operations name types."""
    walker.declare(node)
    for item in node.items:
        if isinstance(item, ast.OperationDecl):
            for parameter in item.parameters:
                walker.visit(parameter.type, scope)
            if item.returns is not None:
                walker.visit(item.returns, scope)
