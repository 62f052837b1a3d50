"""What there is in a document: the path of each element, by a walk that knows only which keys are names."""

from collections.abc import Iterator
from typing import Any

from bdc.importing.draft import under

# Mappings whose keys are names that the author gave: each entry is an element itself.
_NAMED = frozenset(
    [
        "properties",
        "patternProperties",
        "$defs",
        "definitions",
        "schemas",
        "responses",
        "parameters",
        "requestBodies",
        "headers",
        "securitySchemes",
        "callbacks",
        "links",
        "pathItems",
        "webhooks",
        "content",
        "variables",
        "encoding",
    ]
)
# Values that are taken as they are.
_LITERAL = frozenset(
    [
        "default",
        "example",
        "examples",
        "enum",
        "const",
        "required",
        "mapping",
        "security",
        "tags",
        "scopes",
        "type",
        "dependentRequired",
    ]
)
_METHODS = frozenset(["get", "put", "post", "delete", "patch", "head", "options", "trace"])


def elements(value: Any, path: str = "", named: bool = False) -> Iterator[str]:
    """Yield the path of every element: names, operations, parameters, and each keyword with a value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _entry(key, each, f"{path}/{under(key)}" if path else under(key), named)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            place = f"{path}/{number}"
            if path.endswith("/parameters") or not isinstance(each, dict | list):
                yield place
            yield from elements(each, place)


def _entry(key: str, value: Any, path: str, named: bool) -> Iterator[str]:
    plain = not isinstance(value, dict | list)
    if named:
        yield path
        if not plain:
            yield from elements(value, path)
    elif path.startswith("paths/") and path.count("/") == 1:
        yield from elements(value, path) if value and not plain else (path,)
    elif plain or not value or key in _LITERAL or key.startswith("x-"):
        yield path
    else:
        if key in _METHODS:
            yield path
        yield from elements(value, path, key in _NAMED and isinstance(value, dict))
