"""Expressions of a view that groups rows: they are made of what is grouped by, and of aggregates over the rows of each group."""

from dataclasses import fields, is_dataclass, replace

from bdc import ir
from bdc.model.errors.relations import BadView
from bdc.model.errors.types import WrongArguments
from bdc.model.expressions.collections import valued
from bdc.model.expressions.scope import Grouped, Scope, Typer
from bdc.model.typing.types import INT
from bdc.source.records import dataclass
from bdc.syntax import ast


def alike(left: object, right: object) -> bool:
    """Say whether two trees of syntax are the same, wherever they stand."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if not isinstance(left, ast.Node) or not is_dataclass(left) or type(left) is not type(right):
        return left == right
    names = (each.name for each in fields(left) if each.name != "span")
    return all(alike(getattr(left, name), getattr(right, name)) for name in names)


@dataclass(frozen=True, slots=True)
class Ungrouped:
    """What stands in place of an expression that was reported."""


def in_group(node: ast.Expr, scope: Scope, grouped: Grouped, typed: Typer) -> ir.Expr | Ungrouped | None:
    """Return what `node` is for a group of rows; None where its parts decide. A fault is reported, and `Ungrouped` returned."""
    for written, key in grouped.keys:
        if alike(written, node):
            return key
    match node:
        case ast.Call() if _is_aggregate(node, grouped):
            return _aggregate(node, scope, grouped, typed) or Ungrouped()
        case ast.Path() if any(_leads_on(node, *key) for key in grouped.keys):
            return typed(node, replace(scope, grouped=None), None) or Ungrouped()
        case ast.Path(names=(first, *_)) if first.text == grouped.binding:
            return _loose(scope, grouped, node, f"`{node.text}`")
        case ast.Aggregate() | ast.Quantifier():
            return _loose(scope, grouped, node, "a look at other rows")
        case ast.Call() if node.function.text == "count":
            return _loose(scope, grouped, node, "a look at other rows")
        case ast.Call() if node.function.text == "sql":
            return _loose(scope, grouped, node, "`sql(…)`")
    return None


def _leads_on(node: ast.Path, written: ast.Expr, key: ir.Expr) -> bool:
    """Say whether a path goes on from a row that is grouped by: all rows of a group have the same value there."""
    if not isinstance(written, ast.Path) or not isinstance(key.type, ir.EntityType):
        return False
    names, first = [each.text for each in node.names], [each.text for each in written.names]
    return len(names) > len(first) and names[: len(first)] == first


def _loose(scope: Scope, grouped: Grouped, node: ast.Expr, what: str) -> Ungrouped:
    why = f"{what} is neither in `group (…)` nor in an aggregate"
    help_ = f"add it to `group (…)`, or write an aggregate: `max({grouped.binding}.…)`"
    scope.context.report(BadView(grouped.view, why, node.span, help_))
    return Ungrouped()


def _is_aggregate(node: ast.Call, grouped: Grouped) -> bool:
    """Say whether a call is about the rows of a group: `count(r)`, `count()` or `avg(r.value)`."""
    if node.function.text not in ("count", "sum", "min", "max", "avg"):
        return False
    first = node.arguments[0].value if node.arguments else None
    is_row = not node.arguments or (
        isinstance(first, ast.Path) and [each.text for each in first.names] == [grouped.binding]
    )
    return node.function.text != "count" or is_row


def _aggregate(node: ast.Call, scope: Scope, grouped: Grouped, typed: Typer) -> ir.Expr | None:
    function = node.function.text
    whole = function == "count" and not node.arguments  # `count()` counts the rows, as `count(r)` does
    if not whole and (len(node.arguments) != 1 or node.arguments[0].name is not None):
        usage = f"{function}({grouped.binding}.…)"
        scope.context.report(WrongArguments(usage, f"`{function}` expects one value of each row", node.span))
        return None
    row = ir.Path(
        root=ir.Root.BINDING,
        name=grouped.binding,
        type=ir.ArrayType(item=ir.EntityType(name=grouped.source)),
    )
    if function == "count":
        return ir.Aggregate(function="count", binding=grouped.binding, collection=row, type=INT)
    written = node.arguments[0].value
    value = typed(written, replace(scope, grouped=None), None)
    if value is None:
        return None
    made = valued(function, grouped.binding, written, row, None, value, scope)
    # A group has rows, so that only a missing value makes a missing result.
    return made and made.model_copy(update={"nullable": value.nullable and function != "sum"})
