"""Other services."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.api import OperationDecl
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry, Expr, StringLiteral
from bdc.syntax.ast.names import Name


@dataclass(frozen=True, slots=True)
class ExternalAuth(Node):
    """`auth bearer env("MAIL_TOKEN")`."""

    kind: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class ExternalDecl(Node):
    """`external Payments from "payments.openapi.yaml" at env("PAYMENTS_URL") { timeout: 800ms  op charge(…) -> ChargeResult }`."""

    name: Name
    document: StringLiteral | None
    address: Expr
    items: tuple[Entry | ExternalAuth | OperationDecl | Broken, ...]
    doc: str = ""
