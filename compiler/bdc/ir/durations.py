"""Durations that are written as whole days."""

import re

from bdc.ir.expr import Literal
from bdc.ir.types import Scalar, ScalarType

_DAYS = re.compile(r"P([0-9]{1,7})D")


def whole_days(expr: Literal) -> int | None:
    """Return the days of a duration that consists of up to 9,999,999 of them and of nothing else; None for any other literal."""
    if not isinstance(expr.type, ScalarType) or expr.type.scalar is not Scalar.DURATION:
        return None
    found = _DAYS.fullmatch(str(expr.value))
    return int(found[1]) if found else None
