"""Expressions evaluated in plain Python, with SQL's three values: what the database must agree with.

A row is a dict by field name; a reference holds the row it leads to (or None), a collection its rows, deleted ones
included (`deleted_at` is set on those).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bdc.ir import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Expr,
    If,
    InList,
    IsNull,
    ListLiteral,
    Literal,
    Not,
    Or,
    Path,
    Quantifier,
    Root,
    Scalar,
    ScalarType,
)

Row = Mapping[str, Any]


def evaluate(expr: Expr, row: Row, bindings: Mapping[str, Row] | None = None) -> Any:
    """Return the value of an expression over a row; None is null and unknown."""
    bound = bindings or {}

    def value(inner: Expr) -> Any:
        return evaluate(inner, row, bound)

    match expr:
        case Literal(value=str(text), type=ScalarType(scalar=Scalar.DECIMAL)):
            return Decimal(text)
        case Literal(value=constant):
            return constant
        case ListLiteral(items=items):
            return [value(item) for item in items]
        case Path():
            return _follow(expr, row, bound)
        case Compare(op=op, left=left, right=right):
            return _compare(op, value(left), value(right))
        case Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, value(left), value(right))
        case And(terms=terms):
            return _all([value(term) for term in terms])
        case Or(terms=terms):
            return _negated(_all([_negated(value(term)) for term in terms]))
        case Not(term=term):
            return _negated(value(term))
        case InList(value=item, items=items):
            found = [_compare("==", value(item), other) for other in value(items)]
            return _negated(_all([_negated(one) for one in found]))
        case IsNull(value=inner, negated=negated):
            return (value(inner) is None) != negated
        case If(condition=condition, then=then, otherwise=otherwise):
            return value(then) if value(condition) is True else value(otherwise)
        case Call(function=function, arguments=arguments):
            return _call(function, [value(argument) for argument in arguments])
        case Aggregate() | Quantifier():
            return _collected(expr, row, bound)
    raise TypeError(type(expr).__name__)


def _follow(path: Path, row: Row, bindings: Mapping[str, Row]) -> Any:
    here: Any = bindings[path.name or ""] if path.root is Root.BINDING else row
    for step in path.steps:
        here = None if here is None else here[step.field]
    return here["id"] if isinstance(here, Mapping) and "id" in here else here


def _rows(path: Path, row: Row, bindings: Mapping[str, Row]) -> list[Row]:
    here: Any = bindings[path.name or ""] if path.root is Root.BINDING else row
    for step in path.steps:
        here = None if here is None else here[step.field]
    return [found for found in here or [] if found.get("deleted_at") is None]


def _collected(expr: Aggregate | Quantifier, row: Row, bindings: Mapping[str, Row]) -> Any:
    rows = _rows(expr.collection, row, bindings)
    inner = [{**bindings, expr.binding: found} for found in rows]
    if isinstance(expr, Quantifier):
        held = [evaluate(expr.where, row, bound) is True for bound in inner]
        return any(held) if expr.quantifier == "exists" else all(held)
    kept = [bound for bound in inner if expr.where is None or evaluate(expr.where, row, bound) is True]
    if expr.value is None:
        return len(kept)
    values = [found for bound in kept if (found := evaluate(expr.value, row, bound)) is not None]
    if expr.function == "sum":
        return sum(values)
    return (
        {"count": len, "min": min, "max": max}[expr.function](values)
        if values or expr.function == "count"
        else None
    )


def _compare(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    return bool(
        {
            "==": lambda: left == right,
            "!=": lambda: left != right,
            "<": lambda: left < right,
            "<=": lambda: left <= right,
            ">": lambda: left > right,
            ">=": lambda: left >= right,
        }[op]()
    )


def _arithmetic(op: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[op]()


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def _call(function: str, values: list[Any]) -> Any:
    if function == "coalesce":
        return next((value for value in values if value is not None), None)
    if values[0] is None:
        return None
    return {"lower": str.lower, "upper": str.upper, "length": len, "abs": abs}[function](values[0])
