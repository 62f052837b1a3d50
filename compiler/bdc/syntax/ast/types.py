"""Types as written, and their aliases."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.expr import Number, RangeLiteral
from bdc.syntax.ast.names import Attribute, Name, Path


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    """`string(1..80)`, `decimal(12, 2)`, `Customer`."""

    path: Path
    arguments: tuple[Number | RangeLiteral, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeExpr(Node):
    """`Order[]`, `string(..40)?`, `Quote | Ticket`: more than one base is an exclusive arc. `T[]?` is an array that may
    be null; an array of things that may be null cannot be written."""

    bases: tuple[NamedType, ...]
    array: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TypeAliasDecl(Node):
    """`type Sku = string(3..32) @pattern(r"…")`."""

    name: Name
    type: TypeExpr
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""
