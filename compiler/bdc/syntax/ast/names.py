"""Names, dotted paths, attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node

if TYPE_CHECKING:
    from bdc.syntax.ast.expr import Argument


@dataclass(frozen=True, slots=True)
class Name(Node):
    """One word as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`order.customer.name`: at least one name. A path is also an expression."""

    names: tuple[Name, ...]

    @property
    def text(self) -> str:
        """The path with its dots."""
        return ".".join(name.text for name in self.names)

    @property
    def last(self) -> Name:
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`@on_delete(restrict)`: `arguments` is empty both for `@id` and for `@id()`."""

    path: Path
    arguments: tuple[Argument, ...] = ()

    @property
    def name(self) -> str:
        """The path with its dots, without the `@`."""
        return self.path.text
