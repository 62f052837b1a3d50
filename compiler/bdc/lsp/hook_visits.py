"""Names in hooks: `this`, `old`, and the rows that references of the row lead to."""

from bdc.lsp.walker import Reach, Scope, Walker
from bdc.syntax import ast


def hook(walker: Walker, node: ast.HookDecl, scope: Scope) -> None:
    """Visit a hook of the resource whose row `scope` has."""
    row = Reach(scope.row)
    scope = scope.with_variable("this", None, row).with_variable("old", None, row)
    for item in node.items:
        if isinstance(item, ast.UpdateItem):
            found = walker.symbols.member(scope.row, item.row.text)
            if found is not None:
                scope = scope.with_variable(item.row.text, found.target, Reach(found.type))
    walker.visit(node.items, scope)
