"""Read an expression from somewhere else: conditions over a row, seen from a row that refers to it."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from bdc.ir import Compare, Expr, InList, Path, PathStep, Quantifier, Root
from bdc.ir.expr import And, Or

_OF_THE_ROW = {Root.ROW, Root.OLD, Root.NEW}


def rebase(expr: Expr, step: PathStep) -> Expr:
    """Return `expr` with every path over the row made to start with `step`: `customer.user` through `order` is
    `order.customer.user`. Old and new become the row as it is: a reference to it does not change it."""

    def moved(path: Path) -> Path:
        if path.root not in _OF_THE_ROW:
            return path
        return path.model_copy(update={"root": Root.ROW, "steps": (step, *path.steps)})

    return map_paths(expr, moved)


def map_paths(expr: Expr, change: Callable[[Path], Path]) -> Expr:
    """Return `expr` with every path replaced by what `change` makes of it."""
    if isinstance(expr, Path):
        return change(expr)
    updated: dict[str, object] = {}
    for name, value in _parts(expr):
        if isinstance(value, tuple):
            updated[name] = tuple(map_paths(item, change) for item in value)
        else:
            updated[name] = map_paths(value, change)
    return expr.model_copy(update=updated) if updated else expr


def paths(expr: Expr) -> Iterator[Path]:
    """Every path in `expr`, outside in."""
    if isinstance(expr, Path):
        yield expr
        return
    for _, value in _parts(expr):
        for item in value if isinstance(value, tuple) else (value,):
            yield from paths(item)


def parts(expr: Expr) -> Iterator[Expr]:
    """Yield what `expr` is made of."""
    for _, value in () if isinstance(expr, Path) else _parts(expr):
        yield from value if isinstance(value, tuple) else (value,)


def needs_actor(expr: Expr) -> bool:
    """Whether `expr` can only be true for an authenticated caller: it asks that a value of the actor equals, or is among, others. The
    values of an anonymous caller equal nothing."""
    if isinstance(expr, Compare):
        return expr.op == "==" and any(_is_actor(side) for side in (expr.left, expr.right))
    if isinstance(expr, InList):
        return _is_actor(expr.value) or _is_actor(expr.items)
    if isinstance(expr, And):
        return any(needs_actor(term) for term in expr.terms)
    if isinstance(expr, Or):
        return all(needs_actor(term) for term in expr.terms)
    return isinstance(expr, Quantifier) and expr.quantifier == "exists" and needs_actor(expr.where)


def _is_actor(expr: Expr) -> bool:
    return isinstance(expr, Path) and expr.root is Root.ACTOR


_PARTS = [
    "items",
    "terms",
    "left",
    "right",
    "term",
    "value",
    "condition",
    "then",
    "otherwise",
    "arguments",
    "collection",
    "where",
]  # in reading order


@cache
def _part_names(kind: type[Any]) -> tuple[str, ...]:
    """Return those that a kind of expression has: asking one for what it lacks is slow."""
    return tuple(name for name in _PARTS if name in kind.model_fields)


def _parts(expr: Expr) -> Iterator[tuple[str, Any]]:
    for name in _part_names(type(expr)):
        value = getattr(expr, name)
        if value is None or isinstance(value, str | int | float):
            continue
        yield name, value
