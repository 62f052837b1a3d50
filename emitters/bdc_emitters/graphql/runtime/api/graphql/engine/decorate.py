"""`strawberry.field` for methods, with a type that checkers can follow."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

Method = TypeVar("Method", bound=Callable[..., Any])


def field(
    *, name: str | None = None, description: str | None = None, deprecation_reason: str | None = None
) -> Callable[[Method], Method]:
    """Return the decorator that makes a method the resolver of a field."""
    decorated: Callable[[Method], Method] = strawberry.field(
        name=name, description=description, deprecation_reason=deprecation_reason
    )
    return decorated
