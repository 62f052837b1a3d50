"""Literals against the constraints of the type they are given to."""

from collections.abc import Iterator
from decimal import Decimal

from bdc import ir, patterns
from bdc.ir.decimals import places
from bdc.model.context import ResolveContext
from bdc.model.errors.types import OutOfRange
from bdc.model.typing.types import NUMBERS, TEXTS, describe
from bdc.syntax import ast

_LIMITS = {ir.Scalar.INT: 2**31, ir.Scalar.BIGINT: 2**63}


def within_bounds(found: ir.Expr, type_: ir.Type, node: ast.Expr, context: ResolveContext) -> bool:
    """Say whether a literal keeps the bounds of `type_` (other expressions do: the database checks them)."""
    if (
        isinstance(found, ir.ListLiteral)
        and isinstance(type_, ir.ArrayType)
        and isinstance(node, ast.ListLiteral)
    ):
        item = type_.item
        length = ir.vector_length(type_)
        if length is not None and length != len(found.items):
            shown = f"a list of {len(found.items)} numbers"
            rule = f"a vector has {length} of them"
            context.report(OutOfRange(shown, describe(type_), rule, node.span))
            return False
        return all(
            within_bounds(each, item, place, context)
            for each, place in zip(found.items, node.items, strict=True)
        )
    if not isinstance(found, ir.Literal) or found.value is None or not isinstance(type_, ir.ScalarType):
        return True
    broken = next(_broken_rules(found.value, type_), None)
    if broken is not None:
        shown = f'"{found.value}"' if type_.scalar in TEXTS else f"{found.value}"
        context.report(OutOfRange(shown, describe(type_), broken, node.span))
    return broken is None


def _broken_rules(value: str | int | float | bool, type_: ir.ScalarType) -> Iterator[str]:
    if type_.scalar in TEXTS:
        yield from _text(str(value), type_)
    elif type_.scalar in NUMBERS:
        yield from _number(Decimal(str(value)), type_)


def _text(value: str, type_: ir.ScalarType) -> Iterator[str]:
    if type_.min_length is not None and len(value) < type_.min_length:
        yield f"it is shorter than {type_.min_length}"
    if type_.max_length is not None and len(value) > type_.max_length:
        yield f"it is longer than {type_.max_length}"
    if type_.pattern is not None and not patterns.matches(type_.pattern, value):
        yield f"it does not match `{type_.pattern}`"


def _number(value: Decimal, type_: ir.ScalarType) -> Iterator[str]:
    limit = _LIMITS.get(type_.scalar)
    if limit is not None and not -limit <= value < limit:
        yield f"it does not fit into `{type_.scalar.value}`"
    if type_.minimum is not None and value < type_.minimum:
        yield f"it is less than {type_.minimum}"
    if type_.maximum is not None and value > type_.maximum:
        yield f"it is more than {type_.maximum}"
    if type_.precision is not None and type_.scale is not None:
        if value.copy_abs() >= 10 ** (type_.precision - type_.scale):
            yield f"it has more than {type_.precision - type_.scale} digits before the point"
        if places(value) > type_.scale:
            yield f"it has more than {type_.scale} decimals"
