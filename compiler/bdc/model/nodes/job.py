"""Jobs: what runs when no caller asks for it."""

from dataclasses import dataclass
from typing import Literal

from bdc import ir
from bdc.model.nodes.behaviour import Assignment
from bdc.source import Span

JobVerb = Literal["update", "delete", "create", "put", "remove", "emit"]


@dataclass(frozen=True, slots=True)
class JobStatement:
    """`target`: an entity; of `emit` an event. `condition`: which rows `update` and `delete` are about."""

    verb: JobVerb
    target: str
    condition: ir.Expr | None
    values: tuple[Assignment, ...]
    span: Span
    target_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`every` in seconds, or `cron` with its `zone`. `backoff`: the first and the longest pause between attempts, in seconds, as `timeout`.
    `batch`: the rows that one transaction changes."""

    name: str
    span: Span
    doc: str = ""
    every: int | None = None
    cron: str | None = None
    zone: str = "UTC"
    statements: tuple[JobStatement, ...] = ()
    retry: int = 5
    backoff: tuple[int, int] = (10, 3600)
    timeout: int = 600
    priority: int = 0
    batch: int = 1000
