"""Scheduled and triggered work."""

from __future__ import annotations

from dataclasses import dataclass

from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry, QuantityLiteral, StringLiteral
from bdc.syntax.ast.names import Name, Path
from bdc.syntax.ast.sql import SqlBlock


@dataclass(frozen=True, slots=True)
class JobDecl(Node):
    """`job ExpireDrafts every 15m`, `… cron "0 3 * * *"`, `… on OrderPlaced`: exactly one of the three is set."""

    name: Name
    every: QuantityLiteral | None
    cron: StringLiteral | None
    event: Path | None
    items: tuple[Entry | SqlBlock | Broken, ...]
    doc: str = ""
