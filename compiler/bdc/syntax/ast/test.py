"""Scenarios."""

from __future__ import annotations

from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Call, Expr, ObjectLiteral, QuantityLiteral, StringLiteral
from bdc.syntax.ast.names import Name, Path


@dataclass(frozen=True, slots=True)
class GivenStep(Node):
    """`given o = Order { number: "A-1" }`."""

    name: Name
    entity: Path
    values: ObjectLiteral


@dataclass(frozen=True, slots=True)
class AsStep(Node):
    """`as acme.ann with member`."""

    actor: Path
    roles: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class DoStep(Node):
    """`do o.cancel(reason: "…")`."""

    call: Call


@dataclass(frozen=True, slots=True)
class ExpectAccess(Node):
    """`expect deny read o`."""

    effect: Literal["allow", "deny"]
    action: Name
    target: Path


@dataclass(frozen=True, slots=True)
class ExpectError(Node):
    """`expect error OrderNotCancellable from o.cancel(reason: "again")`."""

    error: Path
    call: Call


@dataclass(frozen=True, slots=True)
class ExpectValue(Node):
    """`expect o.status == cancelled`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class ExpectEvent(Node):
    """`expect event OrderPaid { amount: 10 }`, or `expect no event OrderPaid` (`absent`); `expect mail Welcome { to: "a@b.test" }` (`mail`)."""

    event: Path
    values: ObjectLiteral | None = None
    absent: bool = False
    mail: bool = False


@dataclass(frozen=True, slots=True)
class ReceiveStep(Node):
    """`receive InvoicePaid from Shop { number: "A-1" }`."""

    event: Path
    source: Name
    values: ObjectLiteral | None = None


@dataclass(frozen=True, slots=True)
class ClockStep(Node):
    """`at "2026-01-01T00:00:00Z"`: the clock stands there."""

    time: StringLiteral


@dataclass(frozen=True, slots=True)
class LaterStep(Node):
    """`after 2d`: the clock goes on by so much."""

    time: QuantityLiteral


@dataclass(frozen=True, slots=True)
class RunStep(Node):
    """`run PurgeReadings`; `run jobs` stands for all that are due."""

    job: Name


TestStep = (
    GivenStep
    | AsStep
    | DoStep
    | ExpectAccess
    | ExpectError
    | ExpectValue
    | ExpectEvent
    | ReceiveStep
    | ClockStep
    | LaterStep
    | RunStep
    | Broken
)


@dataclass(frozen=True, slots=True)
class TestDecl(Node):
    title: StringLiteral
    steps: tuple[TestStep, ...]
    doc: str = ""
