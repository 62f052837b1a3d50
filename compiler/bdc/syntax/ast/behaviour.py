"""Named errors and events."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.entity import Member
from bdc.syntax.ast.expr import IntLiteral
from bdc.syntax.ast.names import Attribute, Name, Path


@dataclass(frozen=True, slots=True)
class ErrorDecl(Node):
    """`error OutOfStock 409 { sku: string  available: int }`."""

    name: Name
    status: IntLiteral
    attributes: tuple[Attribute, ...]
    members: tuple[Member, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class EventDecl(Node):
    """`event OrderPlaced on Order { order: Order }`."""

    name: Name
    subject: Path | None
    attributes: tuple[Attribute, ...]
    members: tuple[Member, ...]
    doc: str = ""
