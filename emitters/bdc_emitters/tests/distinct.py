"""Texts that differ from row to row and still satisfy their type."""

import re
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bdc.ir import Scalar, ScalarField, ScalarType
from bdc.patterns import matches
from bdc.surface.examples import address
from bdc_emitters.tests.pattern_texts import drawn_text


def distinct(field: ScalarField, example: Any, row: str, *, key: bool) -> Any:
    """Return `example` made peculiar to `row`: a text with room for it, and a number or a day that is part of a `key`."""
    if not key or not isinstance(field.type, ScalarType):
        return distinct_text(field, example, row)
    number = int(sha256(f"{row}.{field.name}".encode()).hexdigest()[:4], 16)
    if field.type.scalar is Scalar.DATE:
        return (date(2026, 1, 1) + timedelta(days=number % 3_000)).isoformat()
    if field.type.scalar in (Scalar.INT, Scalar.BIGINT):
        low = int(field.type.minimum or 0)
        high = low + 96 if field.type.maximum is None else int(field.type.maximum)
        return low + number % (high - low + 1)
    return distinct_text(field, example, row)


def distinct_text(field: ScalarField, example: Any, row: str) -> Any:
    """Return `example` made peculiar to `row`, if it is a text with room for it; else `example`."""
    if not isinstance(example, str) or not isinstance(field.type, ScalarType):
        return example
    if field.type.scalar not in ("string", "text"):
        return example
    mark = sha256(f"{row}.{field.name}".encode()).hexdigest()[:8]
    if (found := address(field.type, int(mark, 16))) is not None:
        return found
    if field.type.pattern:
        return _along_pattern(field.type, mark) or example
    candidates = (
        f"{mark}-{example}",
        f"{mark.upper()}-{example}",
        mark,
        mark.upper(),
        mark + example,
        re.sub(r"[a-z0-9]", mark[0], example[:-1]) + example[-1:],
    )
    limit = field.type.max_length
    for candidate in candidates:
        fitting = candidate if limit is None else candidate[:limit]
        if satisfies(field.type, fitting):
            return fitting
    return example


def _along_pattern(logical: ScalarType, mark: str) -> str | None:
    for attempt in range(12):
        drawn = drawn_text(
            logical.pattern or "", f"{mark}{attempt}", (logical.min_length or 0) if attempt > 5 else 0
        )
        if drawn is not None and satisfies(logical, drawn):
            return drawn
    return None


def satisfies(logical: ScalarType, text: str) -> bool:
    """Whether a text keeps to length, pattern and format."""
    if len(text) < (logical.min_length or 0) or (
        logical.max_length is not None and len(text) > logical.max_length
    ):
        return False
    if logical.pattern and not matches(logical.pattern, text):
        return False
    return logical.format != "email" or re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]+", text) is not None
