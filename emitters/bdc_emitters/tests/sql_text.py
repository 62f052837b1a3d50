"""SQL of the specification (`sql("…")` in checks, domains and exclusions), evaluated over one row as far as that is plain.

This only guides the search for rows: what it cannot tell is unknown, and PostgreSQL decides when the tests run.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from bdc.source.records import dataclass
from bdc_emitters.tests.exact import duration, moment


class Unknown(ValueError):
    """The value of the text is not known here."""


@dataclass(frozen=True)
class Range:
    """A range of values; None is an open end. `bounds` as PostgreSQL writes them."""

    low: Any
    high: Any
    bounds: str = "[)"

    def overlaps(self, other: "Range") -> bool:
        return _before(self, other) and _before(other, self)


def _before(first: Range, second: Range) -> bool:
    """Whether the first begins before the second ends."""
    if first.low is None or second.high is None:
        return True
    closed = first.bounds[0] == "[" and second.bounds[1] == "]"
    return bool(first.low <= second.high if closed else first.low < second.high)


@lru_cache(maxsize=4096)
def parsed(sql: str) -> exp.Expression | None:
    """Return the tree of an expression; None where it cannot be read here."""
    try:
        found = sqlglot.parse_one(sql, read="postgres")
    except (SqlglotError, RecursionError):
        return None
    return found if isinstance(found, exp.Expression) else None


def columns_of(sql: str) -> frozenset[str]:
    """Return the names of the columns that an expression mentions."""
    tree = parsed(sql)
    return frozenset() if tree is None else frozenset(each.name for each in tree.find_all(exp.Column))


def constants_of(sql: str) -> tuple[Any, ...]:
    """Return the constants that an expression mentions: numbers and texts."""
    tree = parsed(sql)
    found = () if tree is None else tuple(tree.find_all(exp.Literal))
    return tuple(each.this if each.is_string else Decimal(each.this) for each in found)


def value_of(sql: str, row: Mapping[str, Any]) -> Any:
    """Return the value of an expression over column → value, None for null. Raises Unknown."""
    tree = parsed(sql)
    if tree is None:
        raise Unknown
    try:
        return _value(tree, row)
    except Unknown:
        raise
    except (TypeError, ValueError, ArithmeticError, AttributeError, re.error) as reason:
        raise Unknown(str(reason)) from reason


def _value(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    if isinstance(node, exp.And | exp.Or):
        return _logic(node, row)
    if isinstance(node, exp.Literal):
        return node.this if node.is_string else Decimal(node.this)
    if isinstance(node, exp.Column):
        return _column(node.name, row)
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        return _any(node, row)
    if isinstance(node, exp.Is):
        return _is(node, row)
    special = _SPECIAL.get(type(node))
    if special is not None:
        return special(node, row)
    found = _BINARY.get(type(node)) or _UNARY.get(type(node))
    if found is None:
        raise Unknown
    values = [_value(each, row) for each in _operands(node)]
    if any(value is None for value in values):
        return None
    if len(values) == 2:
        values = _alike(*values)
    return found(*values)


def _operands(node: exp.Expression) -> list[exp.Expression]:
    return [each for each in (node.args.get("this"), node.args.get("expression")) if each is not None]


def _column(name: str, row: Mapping[str, Any]) -> Any:
    for known in (name, name.lower()):
        if known in row:
            value = row[known]
            return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    raise Unknown


def _alike(left: Any, right: Any) -> list[Any]:
    """A text beside a time or a day is one."""
    return [_as(left, right), _as(right, left)]


def _as(value: Any, other: Any) -> Any:
    if isinstance(value, float) and isinstance(other, Decimal):
        return Decimal(str(value))
    if not isinstance(value, str) or isinstance(other, str):
        return value
    if hasattr(other, "tzinfo"):
        return moment(value)
    return date.fromisoformat(value) if isinstance(other, date) else value


def _logic(node: exp.And | exp.Or, row: Mapping[str, Any]) -> Any:
    decisive = isinstance(node, exp.Or)
    found: list[Any] = []
    for each in _operands(node):
        try:
            found.append(_value(each, row))
        except Unknown:
            found.append(Unknown)
    if any(value is decisive for value in found):
        return decisive
    if Unknown in found:
        raise Unknown
    return None if None in found else not decisive


def _is(node: exp.Is, row: Mapping[str, Any]) -> bool:
    value = _value(node.this, row)
    if isinstance(node.expression, exp.Null):
        return value is None
    if isinstance(node.expression, exp.Boolean):
        return value is node.expression.this
    raise Unknown


def _between(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    value, low, high = (_value(node.args[name], row) for name in ("this", "low", "high"))
    if value is None or low is None or high is None:
        return None
    return _as(low, value) <= value <= _as(high, value)


def _in(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    if not node.expressions:
        raise Unknown
    value = _value(node.this, row)
    return None if value is None else value in [_value(each, row) for each in node.expressions]


def _not(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    value = _value(node.this, row)
    return None if value is None else not value


def _cast(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    value = _value(node.this, row)
    wanted = node.args["to"].sql("postgres").lower()
    if value is None or wanted in ("text", "varchar"):
        return value if not isinstance(value, Decimal) else format(value, "f")
    if wanted.startswith(("int", "numeric", "decimal", "bigint", "smallint")) and not isinstance(value, bool):
        return Decimal(str(value))
    if wanted == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if wanted.startswith("timestamp") and isinstance(value, str):
        return moment(value)
    if wanted == "interval" and isinstance(value, str):
        return duration(value)
    raise Unknown


def _interval(node: exp.Expression, row: Mapping[str, Any]) -> timedelta:
    unit = str(node.args["unit"]).lower().rstrip("s")
    return timedelta(**{f"{unit}s": float(node.this.this)})


def _any(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    """`x = any (array[…])`."""
    inner = node.expression.this
    array = inner.this if isinstance(inner, exp.Paren) else inner
    value = _value(node.this, row)
    return None if value is None else value in [_value(each, row) for each in array.expressions]


def _coalesce(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    values = (_value(each, row) for each in (node.this, *node.expressions))
    return next((value for value in values if value is not None), None)


def _function(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    name = str(node.this).lower()
    values = [_value(each, row) for each in node.expressions]
    if name == "num_nonnulls":
        return Decimal(sum(value is not None for value in values))
    if name == "num_nulls":
        return Decimal(sum(value is None for value in values))
    if name.endswith("range"):
        return Range(values[0], values[1], values[2] if len(values) > 2 else "[)")
    if name == "btrim" and len(values) == 1:
        return None if values[0] is None else values[0].strip()
    raise Unknown


def _like(value: str, pattern: str, flags: int = 0) -> bool:
    parts = re.split(r"([%_])", pattern)
    text = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(text, value, flags | re.DOTALL) is not None


_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    exp.EQ: lambda left, right: left == right,
    exp.NEQ: lambda left, right: left != right,
    exp.LT: lambda left, right: left < right,
    exp.LTE: lambda left, right: left <= right,
    exp.GT: lambda left, right: left > right,
    exp.GTE: lambda left, right: left >= right,
    exp.Add: lambda left, right: left + right,
    exp.Sub: lambda left, right: left - right,
    exp.Mul: lambda left, right: left * right,
    exp.Div: lambda left, right: left / right,
    exp.Mod: lambda left, right: left % right,
    exp.DPipe: lambda left, right: f"{left}{right}",
    exp.Like: _like,
    exp.ILike: lambda value, pattern: _like(value, pattern, re.IGNORECASE),
    exp.RegexpLike: lambda value, pattern: re.search(pattern, value) is not None,
    exp.RegexpILike: lambda value, pattern: re.search(pattern, value, re.IGNORECASE) is not None,
}
_UNARY: dict[type, Callable[..., Any]] = {
    exp.Length: lambda value: Decimal(len(value)),
    exp.Lower: str.lower,
    exp.Upper: str.upper,
    exp.Trim: str.strip,
    exp.Abs: abs,
    exp.Neg: lambda value: -value,
}
_SPECIAL: dict[type, Callable[[Any, Mapping[str, Any]], Any]] = {
    exp.Paren: lambda node, row: _value(node.this, row),
    exp.Null: lambda node, row: None,
    exp.Boolean: lambda node, row: node.this,
    exp.Not: _not,
    exp.Between: _between,
    exp.In: _in,
    exp.Cast: _cast,
    exp.Coalesce: _coalesce,
    exp.Interval: _interval,
    exp.Anonymous: _function,
    exp.NullSafeEQ: lambda node, row: _value(node.this, row) == _value(node.expression, row),
    exp.NullSafeNEQ: lambda node, row: _value(node.this, row) != _value(node.expression, row),
}
