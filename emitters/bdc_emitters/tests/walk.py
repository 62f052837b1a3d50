"""What an expression mentions."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import Expr, Literal, Path, SqlText
from bdc.ir.base import Node


def nodes(expr: Node) -> Iterator[Node]:
    """Yield an expression and everything in it."""
    yield expr
    for name in type(expr).model_fields:
        if name == "type":
            continue
        for inner in _inner(getattr(expr, name)):
            yield from nodes(inner)


def _inner(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _inner(each)


def paths(expr: Expr) -> Iterator[Path]:
    for node in nodes(expr):
        if isinstance(node, Path):
            yield node


def sql_texts(expr: Expr) -> Iterator[SqlText]:
    for node in nodes(expr):
        if isinstance(node, SqlText):
            yield node


def literals(expr: Expr) -> tuple[Any, ...]:
    """Return the values of the constants in an expression."""
    return tuple(node.value for node in nodes(expr) if isinstance(node, Literal) and node.value is not None)
