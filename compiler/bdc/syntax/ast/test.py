"""Scenarios."""

from __future__ import annotations

from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Call, Expr, ObjectLiteral, StringLiteral
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


TestStep = GivenStep | AsStep | DoStep | ExpectAccess | ExpectError | ExpectValue | Broken


@dataclass(frozen=True, slots=True)
class TestDecl(Node):
    title: StringLiteral
    steps: tuple[TestStep, ...]
    doc: str = ""
