"""Events, sent to the endpoints of subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry
from bdc.syntax.ast.names import Path


@dataclass(frozen=True, slots=True)
class WebhooksDecl(Node):
    """`webhooks to Hook { events: [OrderPlaced]  attempts: 12 }`; the rows of `entity` are the subscriptions."""

    entity: Path
    items: tuple[Entry | Broken, ...]
    doc: str = ""
