"""Names on the GraphQL side: camelCase fields, PascalCase types, UPPER_CASE sort orders."""

import keyword
import re

# Attributes that every enum class already has, and what a Strawberry class keeps for itself.
_TAKEN = frozenset({"name", "value", "mro", "names", "self", "info", "row"})

# What the declarations of a module refer to: a member of such a name would hide it from the lines below.
_NEEDED = frozenset(
    [
        "self",
        "info",
        "int",
        "str",
        "float",
        "bool",
        "list",
        "datetime",
        "decimal",
        "uuid",
        "strawberry",
        "field",
        "resolve",
        "Annotated",
        "Enum",
        "Row",
        "JSON",
        "Base64",
        "BigInt",
        "Duration",
    ]
)


def camel(name: str) -> str:
    """`created_at` → `createdAt`, the way Strawberry converts Python names."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() if part else "_" for part in rest)


def pascal(name: str) -> str:
    """`ship_to` → `ShipTo`; the inside of a word is left alone."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def lower_first(name: str) -> str:
    """`OrderItem` → `orderItem`, `SKU` → `sku`."""
    head = re.match(r"[A-Z]+(?![a-z])|[A-Z]", name)
    return name if head is None else head.group().lower() + name[head.end() :]


def snake(name: str) -> str:
    """`OrderItem` → `order_item`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def python_name(name: str) -> str:
    """Return `name` as a Python attribute or parameter that shadows nothing needed."""
    return f"{name}_" if keyword.iskeyword(name) or name in _NEEDED else name


def enum_member(name: str) -> str:
    """Return `name` as a member of a Python enum class."""
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name


def plural_of(entity_plural: str) -> str:
    """The list field of an entity's plural (`order_items`, `OrderItems` → `orderItems`)."""
    return camel(snake(entity_plural))
