"""Machines, errors, events, seeds, scenarios: resolved."""

from bdc import ir
from bdc.model.nodes.policy import Word
from bdc.model.nodes.values import Entry
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    field: str
    value: ir.Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Transition:
    sources: tuple[str, ...]
    target: str
    operation: Word | None
    span: Span


@dataclass(frozen=True, slots=True)
class Machine:
    entity: str
    field: str
    span: Span
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class ErrorDecl:
    name: str
    span: Span
    doc: str
    status: int
    members: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    span: Span
    doc: str
    subject: str | None
    members: tuple[Entry, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a name, in a seed or given in a scenario."""

    name: str
    entity: str
    values: tuple[Assignment, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Seed:
    name: str
    span: Span
    rows: tuple[Row, ...]
    unread: frozenset[str] = frozenset()  # rows of entities that are not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Like `bdc.ir.ScenarioStep`, with its place."""

    kind: ir.StepKind
    span: Span
    row: Row | None = None
    actor: ir.Expr | None = None
    roles: tuple[str, ...] = ()
    target: ir.Expr | None = None
    operation: str | None = None
    arguments: tuple[Assignment, ...] = ()
    error: str | None = None
    condition: ir.Expr | None = None
    action: str | None = None
    event: str | None = None
    time: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    title: str
    span: Span
    steps: tuple[Step, ...]
