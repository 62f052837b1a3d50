"""Literals: what is written takes the type that is wanted, if it can be one of those."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from math import isinf
from uuid import UUID

from bdc import ir
from bdc.ir.decimals import EXACT, places
from bdc.model.errors.types import NotAllowedHere, OutOfRange, TypeMismatch
from bdc.model.expressions.scope import Scope, Typer
from bdc.model.typing.types import (
    BIGINT,
    BOOL,
    DECIMAL,
    DURATION,
    INT,
    NUMBERS,
    TEXT,
    describe,
    fits,
    scalar_of,
    wider,
)
from bdc.syntax import ast

LITERALS = (
    ast.IntLiteral,
    ast.DecimalLiteral,
    ast.QuantityLiteral,
    ast.StringLiteral,
    ast.BoolLiteral,
    ast.NullLiteral,
)
_SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}
_PART = r"([+-]?\d+)"
_DURATION = re.compile(
    rf"P(?=[\dT+-])(?:{_PART}Y)?(?:{_PART}M)?(?:{_PART}W)?(?:{_PART}D)?"
    rf"(?:T(?=[\d+-])(?:{_PART}H)?(?:{_PART}M)?(?:([+-]?\d+(?:\.\d{{1,6}})?)S)?)?",
    re.ASCII,
)
_UNITS = (12, 1, 7, 1, 3600, 60, 1)  # months, months, days, days, seconds …
_MOST = 2**31 - 1  # months and days of an interval
_MOST_SECONDS = Decimal(2**63 - 1).scaleb(-6)


def literal(node: ast.Expr, scope: Scope, expected: ir.Type | None) -> ir.Literal | None:
    """Return the literal in canonical form: of the wanted type if it can be, of its own otherwise."""
    match node:
        case ast.NullLiteral():
            return ir.Literal(value=None, type=expected or TEXT, nullable=True)
        case ast.BoolLiteral(value=value):
            return ir.Literal(value=value, type=BOOL)
        case ast.IntLiteral(value=number):
            return _within_double(whole(number, expected), node, scope)
        case ast.DecimalLiteral(value=number):
            return _within_double(_fraction(number, expected), node, scope)
        case ast.StringLiteral(value=text):
            return _string(node, text, scope, expected)
        case ast.QuantityLiteral(value=number, unit=unit):
            return _quantity(node, number, unit, scope)
    return None


def whole(number: int, expected: ir.Type | None) -> ir.Literal:
    scalar = scalar_of(expected)
    if expected is not None and scalar is ir.Scalar.DECIMAL:
        return ir.Literal(value=str(number), type=expected)
    if expected is not None and scalar is ir.Scalar.FLOAT:
        return ir.Literal(value=_double(Decimal(number)), type=expected)
    if expected is not None and scalar in (ir.Scalar.INT, ir.Scalar.BIGINT):
        return ir.Literal(value=number, type=expected)
    if not -(2**63) <= number < 2**63:
        return ir.Literal(value=str(number), type=DECIMAL)
    return ir.Literal(value=number, type=INT if -(2**31) <= number < 2**31 else BIGINT)


def _double(number: Decimal) -> float:
    return float(number)  # infinite for what is too large: a Decimal does not raise


def _within_double(found: ir.Literal, node: ast.Expr, scope: Scope) -> ir.Literal | None:
    """Refuse a number that a `float` could only hold as infinity."""
    if isinstance(found.value, float) and isinf(found.value):
        scope.context.report(OutOfRange("this number", "float", "it does not fit 64 bits", node.span))
        return None
    return found


def _fraction(number: Decimal, expected: ir.Type | None) -> ir.Literal:
    if expected is not None and scalar_of(expected) is ir.Scalar.FLOAT:
        return ir.Literal(value=_double(number), type=expected)
    if expected is not None and scalar_of(expected) is ir.Scalar.DECIMAL:
        return ir.Literal(value=format(number, "f"), type=expected)
    return ir.Literal(value=format(number, "f"), type=DECIMAL)


def _string(node: ast.Expr, text: str, scope: Scope, expected: ir.Type | None) -> ir.Literal | None:
    scalar = scalar_of(expected)
    if expected is None or scalar is None or scalar in (ir.Scalar.STRING, ir.Scalar.TEXT):
        return ir.Literal(value=text, type=expected if expected is not None and scalar is not None else TEXT)
    parse = _PARSERS.get(scalar)
    if parse is None:
        return ir.Literal(value=text, type=TEXT)
    try:
        return ir.Literal(value=parse(text), type=expected)
    except ValueError:
        scope.context.report(
            OutOfRange(f'"{text}"', describe(expected), f"write it like `{_SAMPLES[scalar]}`", node.span)
        )
        return None


def _timestamp(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a timestamp without its offset")
    return moment.isoformat()


def _duration(text: str) -> str:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("no ISO 8601 duration")
    parts = [Decimal(part or 0) * unit for part, unit in zip(match.groups(), _UNITS, strict=True)]
    if not _is_interval(parts[0] + parts[1], parts[2] + parts[3], parts[4] + parts[5] + parts[6]):
        raise ValueError("longer than an interval")
    return text


def _is_interval(months: Decimal, days: Decimal, total: Decimal) -> bool:
    return abs(months) <= _MOST and abs(days) <= _MOST and abs(total) <= _MOST_SECONDS


_PARSERS = {
    ir.Scalar.UUID: lambda text: str(UUID(text)),
    ir.Scalar.DATE: lambda text: date.fromisoformat(text).isoformat(),
    ir.Scalar.TIME: lambda text: time.fromisoformat(text).isoformat(),
    ir.Scalar.TIMESTAMP: _timestamp,
    ir.Scalar.DURATION: _duration,
}
_SAMPLES = {
    ir.Scalar.UUID: "0198c0de-0000-7000-8000-000000000001",
    ir.Scalar.DATE: "2026-01-31",
    ir.Scalar.TIME: "09:30:00",
    ir.Scalar.TIMESTAMP: "2026-01-31T09:30:00+00:00",
    ir.Scalar.DURATION: "PT15M",
}


def _quantity(node: ast.Expr, number: Decimal, unit: str, scope: Scope) -> ir.Literal | None:
    if unit == "%":
        return ir.Literal(value=format(number / 100, "f"), type=DECIMAL)
    if unit not in _SECONDS:
        scope.context.report(NotAllowedHere(f"a size in `{unit}`", scope.place.words, node.span))
        return None
    total = EXACT.multiply(number, _SECONDS[unit])
    if total > _MOST * _SECONDS["d"] or places(total) > 6:
        rule = "a duration has at most 2147483647 days, and microseconds"
        scope.context.report(OutOfRange(f"{number}{unit}", "duration", rule, node.span))
        return None
    return ir.Literal(value=iso_duration(total), type=DURATION)


def seconds(quantity: ast.QuantityLiteral) -> Decimal | None:
    """Return a time in seconds; None when the unit is not one of time."""
    return quantity.value * _SECONDS[quantity.unit] if quantity.unit in _SECONDS else None


def iso_duration(total: Decimal) -> str:
    """Return the ISO 8601 form: `PT15M`, `P1D`, `PT0.8S`."""
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, last = divmod(rest, 60)
    clock = "".join(
        f"{format(amount.normalize(), 'f')}{unit}"
        for amount, unit in ((hours, "H"), (minutes, "M"), (last, "S"))
        if amount
    )
    date_part = f"{days:f}D" if days else ""
    return f"P{date_part}{'T' + clock if clock else ''}" if date_part or clock else "PT0S"


def _are_numbers(*types: ir.Type) -> bool:
    return all(scalar_of(each) in NUMBERS for each in types)


def list_literal(
    node: ast.ListLiteral, scope: Scope, expected: ir.Type | None, typed: Typer
) -> ir.Expr | None:
    """Return the list; every item has the expected item type, or that of the first item (of numbers, one that holds them all)."""
    item_type = expected.item if isinstance(expected, ir.ArrayType) else None
    items: list[ir.Expr] = []
    for each in node.items:
        found = typed(each, scope, item_type)
        if found is None:
            return None
        if item_type is None or (
            not isinstance(expected, ir.ArrayType) and _are_numbers(item_type, found.type)
        ):
            item_type = found.type if item_type is None else wider(item_type, found.type)
        if not fits(found.type, item_type) and not (isinstance(found, ir.Literal) and found.value is None):
            scope.context.report(TypeMismatch(describe(item_type), describe(found.type), each.span))
            return None
        items.append(found)
    if item_type is None:
        scope.context.report(NotAllowedHere("an empty list", scope.place.words, node.span))
        return None
    vector = expected if ir.vector_length(expected) is not None else None
    return ir.ListLiteral(items=tuple(items), type=vector or ir.ArrayType(item=item_type))
