"""What every IR node is."""

from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

IR_VERSION = 1
_REQUIRED = object()


class Node(BaseModel):
    """Frozen data that refuses unknown members, so that a reader of an older version fails loudly.

    What is read from outside (`model_validate`, `model_validate_json`) is validated. What the compiler makes itself is not: its types are
    those that mypy checks, and a test compares both ways on many systems. Half of the time of a short command would go into validators.
    """

    # built on first use: what is read from the cache is not validated again
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _trusted(self: BaseModel, /, **data: Any) -> None:
    """Fill a node with values of the right types. Raises TypeError for a member that is missing or unknown."""
    given = set(data)
    values = {}
    for name, default, make in _members(type(self)):
        value = data.pop(name, _REQUIRED)
        if value is _REQUIRED:
            value = default if make is None else make()
            if value is _REQUIRED:
                raise TypeError(f"{type(self).__name__} needs {name}")
        values[name] = value
    if data:
        raise TypeError(f"{type(self).__name__} has no {', '.join(data)}")
    put = object.__setattr__
    put(self, "__dict__", values)
    put(self, "__pydantic_fields_set__", given)
    put(self, "__pydantic_extra__", None)
    put(self, "__pydantic_private__", None)


@cache
def _members(kind: type[BaseModel]) -> tuple[tuple[str, Any, Callable[[], Any] | None], ...]:
    """Return each member with its default, or what makes it."""
    return tuple(
        (name, _REQUIRED if field.is_required() else field.default, field.default_factory)  # type: ignore[misc]
        for name, field in kind.model_fields.items()
    )


VALIDATING = Node.__init__
# pydantic takes a constructor with this mark for its own, and reads from outside without it
_trusted.__pydantic_base_init__ = True  # type: ignore[attr-defined]
Node.__init__ = _trusted  # type: ignore[method-assign, assignment]


class Origin(Node):
    """Where a node was written: display path, line and column from 1."""

    file: str
    line: int
    column: int
