"""Aggregates and quantifiers: a name bound to each row of a relation."""

from typing import Any, cast

from bdc import ir
from bdc.model.errors.names import UnknownFunction
from bdc.model.errors.types import BadOperand, NameHidden, NotAllowedHere, TypeMismatch, WrongArguments
from bdc.model.expressions.nullness import proved
from bdc.model.expressions.paths import collection
from bdc.model.expressions.scope import Scope, Typer
from bdc.model.expressions.trees import WALKS, is_walk, rows_of_walk
from bdc.model.functions import is_comparable, is_listed, is_summable
from bdc.model.typing.types import BOOL, DECIMAL, FLOAT, INT, describe, scalar_of
from bdc.syntax import ast


def count(node: ast.Call, scope: Scope) -> ir.Expr | None:
    """`count(items)`: nothing needs a name."""
    argument = node.arguments[0].value
    if not isinstance(argument, ast.Path | ast.Call) or (
        isinstance(argument, ast.Call) and not is_walk(argument)
    ):
        scope.context.report(WrongArguments("count(items)", "`count` expects a relation to many", node.span))
        return None
    found = _rows(argument, scope) if _possible(scope, "an aggregate", node) else None
    if found is None:
        return None
    return ir.Aggregate(
        function="count", binding="_", collection=found, type=INT, nullable=found.walk is not None
    )


def _rows(written: ast.Path | ast.Call, scope: Scope) -> ir.Path | None:
    """Return a relation to many, or the rows of a walk through a tree; report what is neither."""
    if isinstance(written, ast.Path):
        return collection(written, scope)
    if is_walk(written):
        return rows_of_walk(written, scope)
    scope.context.report(UnknownFunction(written.function.text, written.function.span, WALKS))
    return None


def aggregate(node: ast.Aggregate, scope: Scope, typed: Typer) -> ir.Expr | None:
    inner = _bind(node.binding, node.collection, scope, node)
    if inner is None:
        return None
    path, scope = inner
    where = _where(node.where, scope, typed) if node.where is not None else None
    if node.where is not None and where is None:
        return None
    if node.function == "count":
        return ir.Aggregate(
            function="count",
            binding=node.binding.text,
            collection=path,
            where=where,
            type=INT,
            nullable=path.walk is not None,
        )
    if node.value is None:
        usage = f"{node.function}(i in items, i.quantity)"
        scope.context.report(
            WrongArguments(usage, f"`{node.function}` expects a value for each row", node.span)
        )
        return None
    value = typed(node.value, scope.knowing(proved(where, True)) if where is not None else scope, None)
    if value is None:
        return None
    return valued(node.function, node.binding.text, node.value, path, where, value, scope)


def valued(
    function: str,
    binding: str,
    written: ast.Expr,
    path: ir.Path,
    where: ir.Expr | None,
    value: ir.Expr,
    scope: Scope,
) -> ir.Aggregate | None:
    """Return the aggregate of `value` over rows, or report that it has none."""
    fits = {"sum": is_summable, "avg": is_summable, "list": is_listed}.get(function, is_comparable)
    if not fits(value.type):
        wanted = "a number" if function in ("sum", "avg") else "something with an order"
        scope.context.report(BadOperand(function, describe(value.type), wanted, written.span))
        return None
    return ir.Aggregate(
        function=cast(Any, function),
        binding=binding,
        collection=path,
        value=value,
        where=where,
        type=_result(function, value.type),
        nullable=function not in ("sum", "list") or path.walk is not None,
    )


def _result(function: str, value: ir.Type) -> ir.Type:
    """Sums keep the kind of number, averages are decimal (or float), min and max keep their type."""
    scalar = scalar_of(value)
    if function == "list":
        return ir.ArrayType(item=value)
    if function in ("min", "max"):
        return value
    if scalar is ir.Scalar.FLOAT:
        return FLOAT
    if function == "sum" and scalar in (ir.Scalar.INT, ir.Scalar.BIGINT):
        return ir.ScalarType(scalar=scalar)
    return DECIMAL


def quantifier(node: ast.Quantifier, scope: Scope, typed: Typer) -> ir.Expr | None:
    inner = _bind(node.binding, node.collection, scope, node)
    if inner is None:
        return None
    path, scope = inner
    where = _where(node.where, scope, typed)
    if where is None:
        return None
    return ir.Quantifier(
        quantifier=node.quantifier,
        binding=node.binding.text,
        collection=path,
        where=where,
        type=BOOL,
        nullable=path.walk is not None,
    )


def _bind(
    name: ast.Name, written: ast.Path | ast.Call, scope: Scope, node: ast.Expr
) -> tuple[ir.Path, Scope] | None:
    """Return the collection and the scope in which `name` is one of its rows."""
    if not _possible(scope, "an aggregate or a quantifier", node):
        return None
    path = _rows(written, scope)
    if (
        path is None
        or not isinstance(path.type, ir.ArrayType)
        or not isinstance(path.type.item, ir.EntityType)
    ):
        return None
    row = scope.context.entities.get(scope.row or "")
    if name.text in scope.variables:
        scope.context.report(NameHidden(name.text, name.span, "something else"))
    elif row is not None and row.find(name.text) is not None:
        scope.context.report(NameHidden(name.text, name.span, f"a field of `{row.name}`"))
    return path, scope.binding(name.text, path.type.item.name)


def _where(written: ast.Expr, scope: Scope, typed: Typer) -> ir.Expr | None:
    found = typed(written, scope, BOOL)
    if found is not None and scalar_of(found.type) is not ir.Scalar.BOOL:
        scope.context.report(TypeMismatch("bool", describe(found.type), written.span))
        return None
    return found


def _possible(scope: Scope, what: str, node: ast.Expr) -> bool:
    if not scope.place.computed:
        help_ = "without `@stored` the value is computed when it is read" if scope.place.generated else ""
        scope.context.report(NotAllowedHere(what, scope.place.words, node.span, help_))
    return scope.place.computed
