"""Parts of a partitioned table."""

from __future__ import annotations

from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.expr import Expr, IntLiteral
from bdc.syntax.ast.names import Attribute, Name


@dataclass(frozen=True, slots=True)
class PartitionDecl(Node):
    """`partition y2026 from ("2026-01-01") to ("2027-01-01")`, `partition eu in ("de", "fr")`, `partition p0 modulus 4 remainder 0`,
    `partition rest default`."""

    name: Name
    kind: Literal["range", "list", "hash", "default"]
    low: tuple[Expr, ...] = ()
    high: tuple[Expr, ...] = ()
    values: tuple[Expr, ...] = ()
    modulus: IntLiteral | None = None
    remainder: IntLiteral | None = None
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""
