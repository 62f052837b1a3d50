"""What the specification says about another service."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import TypeAdapter

Place = Literal["path", "query", "header", "body", "whole"]


class Shape:
    """A type that values are read as and written from; it is worked out when it is first used."""

    def __init__(self, type_: Any) -> None:
        self._type = type_

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """The type, as pydantic reads it."""
        return TypeAdapter(self._type)

    def dump(self, value: Any) -> Any:
        """Return a value as JSON has it; members that are null are left out."""
        return self.adapter.dump_python(value, mode="json", by_alias=True, exclude_none=True)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`wire`: its name in the request."""

    name: str
    wire: str
    place: Place
    required: bool
    shape: Shape


@dataclass(frozen=True, slots=True)
class Operation:
    """`result`: what it answers, None for nothing. `idempotent`: a key tells that a request is the same one again; `repeatable`: the same request
    twice has the effect of one. `fallback`: JSON of the answer that stands in for one that did not come. `example`: JSON of an answer, for the fake."""

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    result: Shape | None = None
    nullable: bool = False
    idempotent: bool = False
    repeatable: bool = False
    fallback: str | None = None
    example: str = "null"


@dataclass(frozen=True, slots=True)
class Text:
    """What was written, or the variable of the environment that has it."""

    text: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True)
class External:
    """Times in seconds. After `failures` in a row no attempt is made for `open` seconds. `bulkhead`: calls at once."""

    name: str
    address: Text
    timeout: float
    retry: int
    first_pause: float
    longest_pause: float
    failures: int
    open: float
    bulkhead: int
    auth: str = ""
    secrets: dict[str, Text] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()

    def operation(self, name: str) -> Operation:
        """Return the operation of that name."""
        return next(each for each in self.operations if each.name == name)
