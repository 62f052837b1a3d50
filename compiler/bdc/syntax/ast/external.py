"""Other services."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.api import OperationDecl
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry, Expr
from bdc.syntax.ast.names import Name


@dataclass(frozen=True, slots=True)
class ExternalDecl(Node):
    """`external Payments at env("PAYMENTS_URL") { timeout: 800ms  op charge(…) -> ChargeResult }`."""

    name: Name
    address: Expr
    items: tuple[Entry | OperationDecl | Broken, ...]
    doc: str = ""
