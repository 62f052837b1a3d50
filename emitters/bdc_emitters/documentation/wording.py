"""Small words of the pages: types, names, cells of tables, anchors."""

import json
import re
from typing import Any

from bdc.ir import ArrayType, ScalarType, Type


def type_words(logical: Type | None) -> str:
    """Return a type as it is written in the language: `string(1..80)`, `decimal(12, 2)`, `Order[]`."""
    if logical is None:
        return "nothing"
    if isinstance(logical, ArrayType):
        return f"{type_words(logical.item)}[]"
    if not isinstance(logical, ScalarType):
        return logical.name
    return logical.alias or logical.scalar.value + _limits(logical)


def _limits(logical: ScalarType) -> str:
    if logical.precision is not None:
        return f"({logical.precision}, {logical.scale or 0})"
    low = logical.min_length if logical.min_length is not None else logical.minimum
    high = logical.max_length if logical.max_length is not None else logical.maximum
    if low is None and high is None:
        return ""
    return f"({_plain(low)}..{_plain(high)})"


def _plain(value: object) -> str:
    return "" if value is None else f"{value}"


def cell(text: str) -> str:
    """Return text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def anchor(heading: str) -> str:
    """Return the anchor that Markdown renderers make of a heading."""
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def code(text: str) -> str:
    """Return text as code, or a dash when there is none."""
    return f"`{cell(text)}`" if text else "–"


def brief_json(data: Any) -> str:
    """Return JSON of an object with several members on a line; of anything else on one line."""
    if not isinstance(data, dict) or not data:
        return json.dumps(data, ensure_ascii=False, default=str)
    lines, line = [], "{"
    for name, value in data.items():
        member = (
            f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False, default=str)}, "
        )
        if len(line) + len(member) > 110 and len(line) > 1:
            lines.append(line.rstrip())
            line = "  "
        line += member
    return "\n".join([*lines, line.rstrip(", ") + "}"])


def size(amount: int) -> str:
    """Return a number of bytes in binary units."""
    for unit, factor in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if amount >= factor and amount % factor == 0:
            return f"{amount // factor}{unit}"
    return str(amount)


def every(seconds: int) -> str:
    """Return how often something happens, whole minutes apart: `every 5 minutes`, `every hour`."""
    minutes = seconds // 60
    count, unit = (minutes, "minute") if minutes % 60 else (minutes // 60, "hour")
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"
