"""Events that leave the system, to the endpoints of subscribers and to a stream, and events that come in."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.api import EnqueueItem
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry, Expr
from bdc.syntax.ast.names import Name, Path


@dataclass(frozen=True, slots=True)
class WebhooksDecl(Node):
    """`webhooks to Hook { events: [OrderPlaced]  attempts: 12 }`; the rows of `entity` are the subscriptions."""

    entity: Path
    items: tuple[Entry | Broken, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class AuditDecl(Node):
    """`audit { seal: 1m  keep: 400d }`."""

    items: tuple[Entry | Broken, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class StreamDecl(Node):
    """`stream Orders to nats at env("NATS_URL") { subject: "shop" }`."""

    name: Name
    kind: Name
    address: Expr
    items: tuple[Entry | Broken, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class SourceDecl(Node):
    """`source Orders from nats at env("NATS_URL") { stream: "Shop" }`."""

    name: Name
    kind: Name
    address: Expr
    items: tuple[Entry | Broken, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ConsumeDecl(Node):
    """`consume OrderPaid from Orders in org { enqueue Settle(order: order_id) }`; `tenant` is a member of the event."""

    event: Path
    source: Name
    tenant: Name | None
    items: tuple[EnqueueItem | Broken, ...]
    doc: str = ""
