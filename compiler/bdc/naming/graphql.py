"""Names in GraphQL: camelCase fields, and what introspection, its grammar and the generated schema keep for themselves."""

import re
from collections.abc import Mapping

from bdc.naming.casing import camel, snake
from bdc.naming.distinct import aside
from bdc.naming.references import key_member

BUILT_IN_SCALARS = frozenset({"ID", "String", "Int", "Float", "Boolean"})
# Types that a generated schema has, whatever the specification says.
GENERATED_TYPES = BUILT_IN_SCALARS | {"Query", "Mutation", "PageInfo"}
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")
_NO_ENUM_VALUES = frozenset({"true", "false", "null"})


def is_name(name: str) -> bool:
    """Say whether GraphQL takes `name`, and introspection does not."""
    return _NAME.match(name) is not None and not name.startswith("__")


def is_enum_value(name: str) -> bool:
    """Say whether GraphQL takes `name` as a value of an enum."""
    return is_name(name) and name not in _NO_ENUM_VALUES


def public(name: str) -> str:
    """Return a name without the two underscores in front that introspection keeps for itself: `__type` → `_type`."""
    return f"_{name.lstrip('_')}" if name.startswith("__") else name


def field_name(name: str, given: str | None = None) -> str:
    """Return the name of a field, argument or operation: what `@graphql` says, else in camelCase."""
    return given or public(camel(name))


def reference_name(name: str, given: str | None = None) -> str:
    """Return the name of the member that holds the key of a reference: `customer` → `customerId`."""
    return f"{given}Id" if given else public(camel(key_member(name)))


def enum_value(name: str) -> str:
    """Return the name of a value of an enum."""
    return aside(public(name), _NO_ENUM_VALUES)


def list_name(plural: str) -> str:
    """The list field of an entity's plural (`order_items`, `OrderItems` → `orderItems`)."""
    return public(camel(snake(plural)))


def type_names(
    declared: Mapping[str, str | None], reserved: frozenset[str] | set[str] = GENERATED_TYPES
) -> dict[str, str]:
    """Return the name of each declared type. `declared`: what `@graphql` says of it, if anything; any other name that is `reserved`
    gets a `_` behind it."""
    return {name: given or aside(public(name), reserved) for name, given in declared.items()}
