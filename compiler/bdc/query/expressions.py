"""IR expressions → sqlglot trees, here and nowhere else.

`lower(expr, scope)` keeps SQL's three values: unknown stays null. What decides something asks for `holds` (never null,
unknown is false): in `if not …` or beside NOT, unknown must not turn into yes. Paths along relations become correlated
scalar subqueries, entities are compared by key, sums and counts over nothing are 0, deleted rows are in no collection.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from bdc.ir import (
    LAST_RUN,
    Aggregate,
    And,
    Arithmetic,
    ArrayType,
    Call,
    Compare,
    EntityType,
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
    Scalar,
    ScalarType,
    SqlText,
    Type,
)
from bdc.ir.durations import whole_days
from bdc.query.functions import lower_call
from bdc.query.paths import lower_collection, lower_key, lower_path
from bdc.query.relations import Joined
from bdc.query.runs import lower_last_run
from bdc.query.scope import Scope
from bdc.query.trees import (
    binary,
    boolean,
    call,
    cast,
    conjunction,
    disjunction,
    equal,
    exists,
    group,
    is_true,
    negation,
    number,
    raw,
    scalar_query,
    text,
)
from bdc.query.types import plain_type, sql_type

_COMPARE: dict[str, Callable[..., exp.Expression]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_ARITHMETIC: dict[str, Callable[..., exp.Expression]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
}
_TEXTS = ("text", "bpchar", "citext")  # a bare constant is of whatever text it stands beside
_PLAIN_NUMBERS = (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT)


def lower(expr: Expr, scope: Scope) -> exp.Expression:
    """Return the tree of an expression. KeyError when the scope lacks a row it needs, TypeError when it has no SQL."""
    if scope.grouped and expr in scope.grouped:
        return scope.grouped[expr].copy()
    return _LOWER[type(expr)](expr, scope)


def holds(expr: Expr, scope: Scope) -> exp.Expression:
    """Return a condition that is true or false, never null: unknown is false."""
    return is_true(lower(expr, scope))


def _literal(expr: Literal, scope: Scope) -> exp.Expression:
    match expr.value:
        case None:
            return exp.Null()
        case bool(value):
            return boolean(value)
        case int() | float() as value:
            return _number(value)
        case str(value):
            return _text_literal(value, expr.type)
    raise TypeError(repr(expr.value))


def _number(value: float | str) -> exp.Expression:
    spelled = str(value)
    return exp.Paren(this=exp.Neg(this=number(spelled[1:]))) if spelled.startswith("-") else number(spelled)


def _text_literal(value: str, logical: Type) -> exp.Expression:
    if isinstance(logical, ScalarType) and logical.scalar in _PLAIN_NUMBERS:
        return _number(value)
    wanted = "text" if isinstance(logical, EntityType) else sql_type(logical)
    return text(value) if wanted in _TEXTS else cast(text(value), wanted)


def _list(expr: ListLiteral, scope: Scope) -> exp.Expression:
    items = [lower(item, scope) for item in expr.items]
    kind = sql_type(expr.type) if isinstance(expr.type, ArrayType) else ""
    if kind == "jsonb":  # a list of structs is one document
        return call("jsonb_build_array", *items) if items else cast(text("[]"), kind)
    array = exp.Array(expressions=items)
    return cast(array, kind) if kind else array


def _path(expr: Path, scope: Scope) -> exp.Expression:
    return lower_path(expr, scope, lower)


def _compare(expr: Compare, scope: Scope) -> exp.Expression:
    if isinstance(expr.left.type, EntityType) or isinstance(expr.right.type, EntityType):
        return _same_row(expr, scope)
    return binary(_COMPARE[expr.op], lower(expr.left, scope), lower(expr.right, scope))


def _same_row(expr: Compare, scope: Scope) -> exp.Expression:
    """Entities are compared by key."""
    left, right = _key(expr.left, scope), _key(expr.right, scope)
    same = conjunction(equal(ours, theirs) for ours, theirs in zip(left, right, strict=True))
    if expr.op == "==":
        return same
    return exp.NEQ(this=group(left[0]), expression=group(right[0])) if len(left) == 1 else negation(same)


def _key(expr: Expr, scope: Scope) -> list[exp.Expression]:
    return lower_key(expr, scope, lower) if isinstance(expr, Path) else [lower(expr, scope)]


def _arithmetic(expr: Arithmetic, scope: Scope) -> exp.Expression:
    left, right = lower(expr.left, scope), lower(expr.right, scope)
    if expr.op == "+" and plain_type(expr.type) == "text":
        return binary(exp.DPipe, left, right)
    if expr.op == "/":
        return _division(expr, left, right)
    if plain_type(expr.left.type) == "date":
        return _of_days(expr, left, right)
    if scope.immutable and plain_type(expr.type) == "timestamptz":
        left, right = (_in_utc(tree, side.type) for tree, side in ((left, expr.left), (right, expr.right)))
        return exp.AtTimeZone(
            this=exp.Paren(this=binary(_ARITHMETIC[expr.op], left, right)), zone=text("UTC")
        )
    return binary(_ARITHMETIC[expr.op], left, right)


def _of_days(expr: Arithmetic, left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """A date and a whole number are a date, and two dates have a whole number between them: neither looks at a time zone."""
    if plain_type(expr.type) == "interval":
        return binary(exp.Mul, cast(text("1 day"), "interval"), group(binary(exp.Sub, left, right)))
    days = whole_days(expr.right) if isinstance(expr.right, Literal) else None
    assert days is not None
    return binary(_ARITHMETIC[expr.op], left, number(str(days)))


def _in_utc(tree: exp.Expression, logical: Type) -> exp.Expression:
    """Return a timestamp without its zone, in UTC: days are then added without looking at the zone of the session."""
    if plain_type(logical) != "timestamptz":
        return tree
    return exp.Paren(this=exp.AtTimeZone(this=group(tree), zone=text("UTC")))


def _division(expr: Arithmetic, left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Whole numbers divided to a decimal keep their fraction."""
    kinds, result = {plain_type(side.type) for side in (expr.left, expr.right)}, plain_type(expr.type)
    if kinds <= {"integer", "bigint"} and result not in kinds:
        left = cast(left, "double precision" if result == "double precision" else "numeric")
    return exp.Div(this=group(left), expression=group(right), typed=True)


def _and(expr: And, scope: Scope) -> exp.Expression:
    return conjunction(lower(term, scope) for term in expr.terms)


def _or(expr: Or, scope: Scope) -> exp.Expression:
    return disjunction(lower(term, scope) for term in expr.terms)


def _not(expr: Not, scope: Scope) -> exp.Expression:
    return negation(lower(expr.term, scope))


def _in(expr: InList, scope: Scope) -> exp.Expression:
    value = group(lower(expr.value, scope))
    if not isinstance(expr.items, ListLiteral):
        return equal(value, exp.Any(this=exp.Paren(this=lower(expr.items, scope))))
    if not expr.items.items:
        return boolean(False)
    return exp.In(this=value, expressions=[lower(item, scope) for item in expr.items.items])


def _is_null(expr: IsNull, scope: Scope) -> exp.Expression:
    found = exp.Is(this=group(lower(expr.value, scope)), expression=exp.Null())
    return negation(found) if expr.negated else found


def _if(expr: If, scope: Scope) -> exp.Expression:
    branch = exp.If(this=lower(expr.condition, scope), true=lower(expr.then, scope))
    return exp.Case(ifs=[branch], default=lower(expr.otherwise, scope))


def _call(expr: Call, scope: Scope) -> exp.Expression:
    if expr.function == LAST_RUN:
        return lower_last_run(expr, scope, lower)
    return lower_call(expr, [lower(argument, scope) for argument in expr.arguments], scope.system)


def _sql(expr: SqlText, scope: Scope) -> exp.Expression:
    return raw(expr.sql)


def _aggregate(expr: Aggregate, scope: Scope) -> exp.Expression:
    joined = lower_collection(expr.collection, scope)
    inner = scope.bind(expr.binding, joined.row)
    where = [lower(expr.where, inner)] if expr.where else []
    value = lower(expr.value, inner) if expr.value is not None else exp.Star()
    found = call(expr.function, value)
    if expr.function == "list":
        found = _listed(value, sql_type(expr.type))
    if expr.function == "sum":
        found = call("coalesce", found, number(0))
    if joined.beyond is not None:
        found = exp.Case(ifs=[exp.If(this=_any(joined.beyond), true=exp.Null())], default=found)
    return scope.aggregate(found, joined.sources, _among(joined, where))


def _among(joined: Joined, asked: list[exp.Expression]) -> exp.Expression:
    """Return the condition of the rows of a collection that are asked about: one that shows where a tree goes on is among them."""
    if joined.beyond is None:
        return conjunction([*joined.conditions, *asked])
    counted = conjunction([*joined.present, *asked])
    return conjunction([*joined.conditions, disjunction([joined.beyond.copy(), counted])])


def _any(condition: exp.Expression) -> exp.Expression:
    return call("bool_or", condition.copy())


def _listed(value: exp.Expression, as_type: str) -> exp.Expression:
    """Return the values of all rows as an array, in their order; empty over nothing."""
    item = cast(value, as_type.removesuffix("[]"))
    ordered = exp.Order(this=item, expressions=[exp.Ordered(this=item.copy())])
    given = exp.Where(this=negation(exp.Is(this=group(item.copy()), expression=exp.Null())))
    found = exp.Filter(this=call("array_agg", ordered), expression=given)
    return call("coalesce", found, cast(text("{}"), as_type))


def _quantifier(expr: Quantifier, scope: Scope) -> exp.Expression:
    """`every` fails on a row whose condition is unknown."""
    joined = lower_collection(expr.collection, scope)
    inner = scope.bind(expr.binding, joined.row)
    condition = lower(expr.where, inner)
    failing = exp.Is(this=group(condition), expression=exp.Not(this=boolean(True)))
    if joined.beyond is not None:
        is_exists = expr.quantifier == "exists"
        return _decided(joined, joined.beyond, condition if is_exists else failing, is_exists)
    if expr.quantifier == "exists":
        return exists(joined.sources, conjunction([*joined.conditions, condition]))
    return negation(exists(joined.sources, conjunction([*joined.conditions, failing])))


def _decided(
    joined: Joined, beyond: exp.Expression, condition: exp.Expression, answer: bool
) -> exp.Expression:
    """Return `answer` where a row of the tree fulfils the condition; null where only rows beyond the bound could."""
    within = exp.If(this=_any(negation(beyond.copy())), true=boolean(answer))
    unknown = exp.If(this=_any(beyond), true=exp.Null())
    found = exp.Case(ifs=[within, unknown], default=boolean(not answer))
    return scalar_query(found, joined.sources, _among(joined, [condition]))


_LOWER: dict[type, Callable[[Any, Scope], exp.Expression]] = {
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

__all__ = ["holds", "lower"]
