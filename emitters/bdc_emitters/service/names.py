"""Names of the specification as names of Python."""

import keyword
import re
from collections.abc import Iterable

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Types that annotations name, and what a pydantic model has already.
_HIDING = frozenset(
    [
        "int",
        "str",
        "float",
        "bool",
        "list",
        "date",
        "time",
        "datetime",
        "timedelta",
        "Decimal",
        "UUID",
        "Field",
        "JsonValue",
        "copy",
        "json",
        "dict",
        "schema",
        "schema_json",
        "validate",
        "construct",
        "parse_obj",
        "parse_raw",
        "parse_file",
        "from_orm",
        "update_forward_refs",
        "model_config",
        "model_fields",
        "model_computed_fields",
        "model_extra",
        "model_fields_set",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
    ]
)

_CALLED = re.compile(r"\b([a-z_0-9]+)\(")


def snake(name: str) -> str:
    """`OrderItem` → `order_item`."""
    return _WORDS.sub("_", name).lower()


def constant(*parts: str) -> str:
    """`Order`, `create` → `ORDER_CREATE`."""
    return "_".join(snake(part) for part in parts).upper()


def identifier(name: str) -> str:
    """A name that Python does not keep for itself: `class` → `class_`."""
    return f"{name}_" if keyword.iskeyword(name) else name


def attribute(name: str) -> str:
    """The name of a member of a model: also none that hides a type from the members below it, or a method of every model."""
    return f"{name}_" if name in _HIDING else identifier(name)


def words(name: str) -> str:
    """`OrderItem` → `order item`."""
    return snake(name).replace("_", " ")


def used(candidates: tuple[str, ...], sources: Iterable[str]) -> tuple[str, ...]:
    """Return those of `candidates` that some source calls, for an import that names nothing in vain."""
    called = set(_CALLED.findall(" ".join(sources)))
    return tuple(name for name in candidates if name in called)


def all_order(name: str) -> tuple[int, str]:
    """The order that linters expect in `__all__`: constants, classes, the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
