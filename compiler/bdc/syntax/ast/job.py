"""Scheduled and triggered work."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.api import CallItem, CallsItem, EnqueueItem, Parameter, UpdateItem, WriteItem
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry, Expr, ObjectLiteral, QuantityLiteral, StringLiteral
from bdc.syntax.ast.names import Attribute, Name, Path
from bdc.syntax.ast.sql import SqlBlock


@dataclass(frozen=True, slots=True)
class UpdateWhereItem(Node):
    """`update Order where status == draft { status: expired }`: every row for which the condition holds."""

    entity: Path
    condition: Expr
    values: ObjectLiteral


@dataclass(frozen=True, slots=True)
class DeleteWhereItem(Node):
    """`delete Reading where at < now() - 90d`."""

    entity: Path
    condition: Expr


@dataclass(frozen=True, slots=True)
class EmitItem(Node):
    """`emit ReadingsPurged { reason: "age" }`."""

    event: Path
    values: ObjectLiteral | None


JobStep = UpdateItem | UpdateWhereItem | DeleteWhereItem | WriteItem | EmitItem | EnqueueItem | CallItem


@dataclass(frozen=True, slots=True)
class CompensatedItem(Node):
    """`call Bank.reserve(…) -> held compensate call Bank.release(…)`: a step, and what undoes it where a later one fails."""

    step: JobStep
    undo: JobStep


JobItem = Entry | SqlBlock | JobStep | CompensatedItem | CallsItem | Broken


@dataclass(frozen=True, slots=True)
class JobDecl(Node):
    """`job ExpireDrafts every 15m`, `… cron "0 3 * * *" in "Europe/Berlin"`, `… on OrderPlaced`: at most one of the three is set.
    `job SendInvoice(order: Order)`: `parameters`, None without parentheses. `mail Welcome(to: string)`: `mail`, all items are settings."""

    name: Name
    parameters: tuple[Parameter, ...] | None
    every: QuantityLiteral | None
    cron: StringLiteral | None
    zone: StringLiteral | None
    event: Path | None
    attributes: tuple[Attribute, ...]
    items: tuple[JobItem, ...]
    doc: str = ""
    mail: bool = False
