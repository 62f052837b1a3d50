"""A few of many cases in the short run, all of them in the long one."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def sampled(cases: Iterable[Any], every: int, *, start: int = 0) -> Sequence[Any]:
    """Return the cases for `parametrize`: each `every`th from `start` on as it is, the others marked `long`."""
    return [
        case if number % every == start else pytest.param(case, marks=pytest.mark.long)
        for number, case in enumerate(cases)
    ]
