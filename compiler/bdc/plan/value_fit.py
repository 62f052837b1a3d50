"""Whether a value is of a shape, as SQL, and which shapes hold all values of another."""

import json
import re
from collections.abc import Callable, Iterable

from bdc.catalog import (
    AnyShape,
    EnumShape,
    ListShape,
    RecursiveShape,
    ScalarShape,
    SealedShape,
    Shape,
    StructShape,
)
from bdc.ddl.printer import literal

Condition = Callable[[str], str]
_VALUE = re.compile(r"'(?:[^']|'')*'|\bVALUE\b")
_INTEGERS = ("integer", "bigint")


def conforms(value: str, shape: Shape, depth: int = 0) -> str:
    """Return the condition, true or false, that the jsonb `value` (SQL) is of the shape."""
    match shape:
        case EnumShape(labels=labels):
            return f"coalesce({value} in ({', '.join(_json(label) for label in labels)}), false)"
        case ScalarShape():
            return _scalar(value, shape)
        case ListShape(item=item):
            each = f"listed{depth}"
            wrong = f"not ({conforms(f'{each}.value', item, depth + 1)})"
            items = f"jsonb_array_elements({value}) as {each}(value)"
            return _typed(value, "array", f"not exists (select from {items} where {wrong})")
        case StructShape(members=members):
            parts = []
            for member in members:
                part = f"({value} -> {literal(member.name)})"
                inner = conforms(part, member.shape, depth + 1)
                missing = f"coalesce({part}, 'null') = 'null'::jsonb"
                parts.append(f"({missing} or {inner})" if member.nullable else f"({inner})")
            return _typed(value, "object", " and ".join(parts) or "true")
        case AnyShape() | RecursiveShape() | SealedShape():
            return f"({value}) is not null"


def _typed(value: str, kind: str, condition: str) -> str:
    return f"case when jsonb_typeof({value}) = {literal(kind)} then {condition} else false end"


def _json(text: str) -> str:
    return f"{literal(json.dumps(text, ensure_ascii=False))}::jsonb"


def _scalar(value: str, shape: ScalarShape) -> str:
    kinds = [shape.json_type, *(["number"] if shape.type == "numeric" else [])]
    text = f"({value} #>> '{{}}')"
    listed = ", ".join(map(literal, kinds))
    condition = _VALUE.sub(
        lambda found: found[0] if found[0][0] == "'" else f"{text}::{shape.type}", shape.condition or "true"
    )
    return (
        f"case when coalesce(jsonb_typeof({value}), '') not in ({listed}) then false"
        f" when not pg_input_is_valid({text}, {literal(shape.type)}) then false else {condition} end"
    )


def held_in(labels: Iterable[str]) -> Condition:
    """Return the condition that a jsonb value is one of `labels`."""
    listed = ", ".join(map(_json, labels))
    return lambda value: f"coalesce({value} in ({listed}), false)"


def inside(member: str | None, native: bool) -> Callable[[Condition], Condition]:
    """Return what makes a condition on a part one on the whole: on `member` of an object, or on any item of a list (`native`: an array of
    PostgreSQL)."""
    if member is not None:
        return lambda part: lambda value: part(f"({value} -> {literal(member)})")
    return lambda part: lambda value: _any_item(part, value, native)


def _any_item(part: Condition, value: str, native: bool) -> str:
    name = f"item{value.count('(')}"
    listed = (
        f"unnest({value}::text[]) as {name}(text), to_jsonb({name}.text) as {name}_value(value)"
        if native
        else f"jsonb_array_elements(case when jsonb_typeof({value}) = 'array' then {value} end) as {name}_value(value)"
    )
    return f"exists (select from {listed} where {part(f'{name}_value.value')})"


def is_wider_shape(old: Shape, new: Shape) -> bool:
    """Whether every value of the old shape is one of the new."""
    if not isinstance(new, ScalarShape):
        return False
    if isinstance(old, EnumShape):
        return new.type == "text" and new.condition is None
    if not isinstance(old, ScalarShape):
        return False
    same = old.type == new.type or (old.type, new.type) == _INTEGERS or new.type == "text"
    return same and (new.condition is None or (old.type == new.type and old.condition == new.condition))
