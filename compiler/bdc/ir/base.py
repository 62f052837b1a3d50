"""What every IR node is."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict

IR_VERSION = 1


class Node(BaseModel):
    """Frozen data that refuses unknown members, so that a reader of an older version fails loudly.

    What is read from outside (`model_validate`, `model_validate_json`) is validated. What the compiler makes itself is not: its types are
    those that mypy checks, and a test compares both ways on many systems. Half of the time of a short command would go into validators.
    """

    # built on first use: what is read from the cache is not validated again
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other members. What the node has worked out of the old ones does not go with it."""
        made = super().model_copy(update=update, deep=deep)
        for name in _worked_out(type(self)) if update else ():
            made.__dict__.pop(name, None)
        return made


@cache
def _worked_out(kind: type[BaseModel]) -> tuple[str, ...]:
    """Return the names of what nodes of a kind work out once."""
    own = (vars(each).items() for each in kind.__mro__)
    return tuple(name for items in own for name, value in items if isinstance(value, cached_property))


def _trusted(self: BaseModel, /, **data: Any) -> None:
    """Fill a node with values of the right types. Raises TypeError for a member that is missing or unknown."""
    defaults, required, makers = _members(type(self))
    values = {**defaults, **data}
    if len(values) != len(defaults) or not required <= data.keys():
        raise TypeError(_unfit(type(self).__name__, data.keys() - defaults.keys(), required - data.keys()))
    for name, make in makers:
        if name not in data:
            values[name] = make()
    put = object.__setattr__
    put(self, "__dict__", values)
    put(self, "__pydantic_fields_set__", set(data))
    put(self, "__pydantic_extra__", None)
    put(self, "__pydantic_private__", None)


Maker = Callable[[], Any]


@cache
def _members(kind: type[BaseModel]) -> tuple[dict[str, Any], frozenset[str], tuple[tuple[str, Maker], ...]]:
    """Return each member in its place with its default, those without one, and what makes the defaults that are made."""
    fields = kind.model_fields.items()
    makers = ((name, cast(Maker, field.default_factory)) for name, field in fields if field.default_factory)
    required = frozenset(name for name, field in fields if field.is_required())
    return {name: field.default for name, field in fields}, required, tuple(makers)


def _unfit(name: str, unknown: set[str], missing: frozenset[str]) -> str:
    if unknown:
        return f"{name} has no {', '.join(sorted(unknown))}"
    return f"{name} needs {', '.join(sorted(missing))}"


VALIDATING = Node.__init__
# pydantic takes a constructor with this mark for its own, and reads from outside without it
_trusted.__pydantic_base_init__ = True  # type: ignore[attr-defined]
Node.__init__ = _trusted  # type: ignore[method-assign, assignment]


class Origin(Node):
    """Where a node was written: display path, line and column from 1."""

    file: str
    line: int
    column: int
