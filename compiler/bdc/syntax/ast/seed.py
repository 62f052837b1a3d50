"""Rows to start from."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import ObjectLiteral
from bdc.syntax.ast.names import Name, Path


@dataclass(frozen=True, slots=True)
class SeedRow(Node):
    """`bob: Customer = { org: org, name: "Bob" }`."""

    name: Name
    entity: Path
    values: ObjectLiteral
    doc: str = ""


@dataclass(frozen=True, slots=True)
class SeedDecl(Node):
    name: Name
    rows: tuple[SeedRow | Broken, ...]
    doc: str = ""
