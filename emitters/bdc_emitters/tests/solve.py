"""The value that a field must have for two sides of a comparison to be equal, by turning the arithmetic around it inside out."""

from collections.abc import Callable, Iterator
from typing import Any

from bdc.ir import Arithmetic, Call, Compare, Expr, Path
from bdc_emitters.tests.interpret import NotJudged
from bdc_emitters.tests.walk import paths

Evaluate = Callable[[Expr], Any]


def solutions(node: Compare, field: str, evaluate: Evaluate) -> Iterator[Any]:
    """Yield values of `field` that make both sides equal. `evaluate` gives the value of what does not mention it."""
    for mine, other in ((node.left, node.right), (node.right, node.left)):
        if _mentions(mine, field) and not _mentions(other, field):
            try:
                wanted = evaluate(other)
                if wanted is not None:
                    yield _turned(mine, field, wanted, evaluate)
            except (NotJudged, TypeError, ArithmeticError, ValueError):
                continue


def _mentions(expr: Expr, field: str) -> bool:
    return any(path.steps and path.steps[0].field == field for path in paths(expr))


def _turned(expr: Expr, field: str, wanted: Any, evaluate: Evaluate) -> Any:
    """Return the value of the field for which `expr` is `wanted`. Raises NotJudged."""
    if isinstance(expr, Path) and [step.field for step in expr.steps] == [field]:
        return wanted
    if isinstance(expr, Call) and expr.function in (
        "lower",
        "upper",
        "trim",
        "abs",
        "round",
        "coalesce",
        "date_trunc",
    ):
        inner = next(each for each in expr.arguments if _mentions(each, field))
        return _turned(inner, field, wanted, evaluate)
    if not isinstance(expr, Arithmetic) or _mentions(expr.left, field) == _mentions(expr.right, field):
        raise NotJudged(expr.kind)
    if _mentions(expr.left, field):
        other = evaluate(expr.right)
        return _turned(expr.left, field, _LEFT[expr.op](wanted, other), evaluate)
    other = evaluate(expr.left)
    return _turned(expr.right, field, _RIGHT[expr.op](wanted, other), evaluate)


_LEFT: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda wanted, other: wanted - other,
    "-": lambda wanted, other: wanted + other,
    "*": lambda wanted, other: wanted / other,
    "/": lambda wanted, other: wanted * other,
}
_RIGHT: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda wanted, other: wanted - other,
    "-": lambda wanted, other: other - wanted,
    "*": lambda wanted, other: wanted / other,
    "/": lambda wanted, other: other / wanted,
}
