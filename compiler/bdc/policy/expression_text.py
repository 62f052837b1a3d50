"""An expression as a person reads it: the text of the language, with parentheses only where they are needed."""

from collections.abc import Callable
from typing import Any

from bdc.ir import (
    WALK_DEPTH,
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
    SqlText,
)

_BARE_ROOTS = {Root.ROW}
_NAMED_ROOTS = {Root.BINDING, Root.PARAM, Root.SCENARIO}
_QUOTED = {
    Scalar.STRING,
    Scalar.TEXT,
    Scalar.UUID,
    Scalar.DATE,
    Scalar.TIME,
    Scalar.TIMESTAMP,
    Scalar.JSON,
    Scalar.BYTES,
}
# How tightly a construct holds together; an operand that holds less tightly than its place asks for gets parentheses.
_LOOSE, _NOT, _COMPARE, _SUM, _PRODUCT, _TIGHT = range(6)


def in_words(expr: Expr) -> str:
    """Return `expr` as text: `customer.user == actor and status in [draft, placed]`."""
    return _PRINTERS[type(expr)](expr)[0]


def _at(expr: Expr, least: int) -> str:
    text, holds = _PRINTERS[type(expr)](expr)
    return text if holds >= least else f"({text})"


def _literal(expr: Literal) -> tuple[str, int]:
    value = expr.value
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null"), _TIGHT
    if isinstance(value, str) and isinstance(expr.type, ScalarType) and expr.type.scalar in _QUOTED:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"', _TIGHT
    return str(value), _TIGHT


def _list(expr: ListLiteral) -> tuple[str, int]:
    return "[" + ", ".join(in_words(item) for item in expr.items) + "]", _TIGHT


def _path(expr: Path) -> tuple[str, int]:
    head = (
        [expr.name or ""]
        if expr.root in _NAMED_ROOTS
        else []
        if expr.root in _BARE_ROOTS
        else [expr.root.value]
    )
    if (walk := expr.walk) is not None:
        start = ".".join([*head, *(step.field for step in expr.steps[:-1])]) or "this"
        depth = "" if walk.depth == WALK_DEPTH else f", depth: {walk.depth}"
        return f"{walk.walk}({start}, along: {walk.field}{depth})", _TIGHT
    return ".".join([*head, *(step.field for step in expr.steps)]) or "this row", _TIGHT


def _compare(expr: Compare) -> tuple[str, int]:
    return f"{_at(expr.left, _SUM)} {expr.op} {_at(expr.right, _SUM)}", _COMPARE


def _arithmetic(expr: Arithmetic) -> tuple[str, int]:
    level = _PRODUCT if expr.op in "*/" else _SUM
    return f"{_at(expr.left, level)} {expr.op} {_at(expr.right, level + 1)}", level


def _and(expr: And) -> tuple[str, int]:
    return " and ".join(_at(term, _NOT) for term in expr.terms), _LOOSE


def _or(expr: Or) -> tuple[str, int]:
    return " or ".join(_at(term, _NOT) for term in expr.terms), _LOOSE


def _not(expr: Not) -> tuple[str, int]:
    return f"not {_at(expr.term, _TIGHT)}", _NOT


def _in(expr: InList) -> tuple[str, int]:
    return f"{_at(expr.value, _SUM)} in {_at(expr.items, _SUM)}", _COMPARE


def _is_null(expr: IsNull) -> tuple[str, int]:
    return f"{_at(expr.value, _SUM)} {'!=' if expr.negated else '=='} null", _COMPARE


def _if(expr: If) -> tuple[str, int]:
    parts = in_words(expr.condition), in_words(expr.then), in_words(expr.otherwise)
    return "if {} then {} else {}".format(*parts), _LOOSE


def _call(expr: Call) -> tuple[str, int]:
    if expr.function == "unique_suffix":
        return f"{in_words(expr.arguments[0])} @unique_suffix", _TIGHT
    return f"{expr.function}({', '.join(in_words(argument) for argument in expr.arguments)})", _TIGHT


def _sql(expr: SqlText) -> tuple[str, int]:
    return f"sql({_literal(Literal(value=expr.sql, type=ScalarType(scalar=Scalar.TEXT)))[0]})", _TIGHT


def _aggregate(expr: Aggregate) -> tuple[str, int]:
    where = f" where ({in_words(expr.where)})" if expr.where else ""
    value = f", {in_words(expr.value)}" if expr.value else ""
    bound = f"{expr.binding} in " if where or value else ""
    return f"{expr.function}({bound}{in_words(expr.collection)}{where}{value})", _TIGHT


def _quantifier(expr: Quantifier) -> tuple[str, int]:
    where = in_words(expr.where)
    return f"{expr.quantifier} {expr.binding} in {in_words(expr.collection)} where ({where})", _TIGHT


_PRINTERS: dict[type[Any], Callable[[Any], tuple[str, int]]] = {
    Literal: _literal,
    ListLiteral: _list,
    Path: _path,
    Compare: _compare,
    Arithmetic: _arithmetic,
    And: _and,
    Or: _or,
    Not: _not,
    InList: _in,
    IsNull: _is_null,
    If: _if,
    Call: _call,
    SqlText: _sql,
    Aggregate: _aggregate,
    Quantifier: _quantifier,
}
