"""Decimal arithmetic that never rounds: `numeric` of PostgreSQL has up to 1,000 digits, the default context of Python 28."""

from decimal import Context, Decimal

# Twice the digits that a type can declare, so that sums and quotients by small numbers stay exact too.
EXACT = Context(prec=2_100)


def with_places(value: Decimal, scale: int) -> Decimal:
    """Return `value` rounded to `scale` decimal places."""
    return EXACT.quantize(value, Decimal(1).scaleb(-scale))


def places(value: Decimal) -> int:
    """Return how many decimal places `value` needs: 0 for `100`, 1 for `0.50`."""
    exponent = EXACT.plus(value).normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def largest(precision: int, scale: int) -> Decimal:
    """Return the largest value of `decimal(precision, scale)`."""
    return Decimal(f"{'9' * (precision - scale) or '0'}.{'9' * scale}")
