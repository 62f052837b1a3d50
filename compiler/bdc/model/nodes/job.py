"""Jobs: what runs when no caller asks for it."""

from typing import Literal

from bdc import ir
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.values import Entry
from bdc.source import Span
from bdc.source.records import dataclass

JobVerb = Literal["update", "delete", "create", "put", "remove", "emit", "audit", "call", "enqueue", "rotate"]


@dataclass(frozen=True, slots=True)
class ExternalCall:
    """An operation of another service that is called."""

    external: str
    operation: str
    span: Span


@dataclass(frozen=True, slots=True)
class JobStatement:
    """`target`: an entity; of `emit` an event, of `call` an operation of another service (`Mail.send`), whose answer later statements know as `result`, of `audit` what is done with the trail (`seal`, `prune`), of `rotate` an entity with partitions. `condition`: which rows `update` and `delete` are about; without one, an update is about
    the row that the parameter called `row` names. `undoes`: the number of the statement that it undoes where a later one fails; such statements stand behind the others, the last one's first.
    `enqueue` queues job `target` `after` seconds or `at` a time; with `each`, once for each row of this entity for which `condition` holds."""

    verb: JobVerb
    target: str
    condition: ir.Expr | None
    values: tuple[Assignment, ...]
    span: Span
    target_span: Span
    row: str | None = None
    result: str | None = None
    undoes: int | None = None
    each: str | None = None
    after: int | None = None
    at: ir.Expr | None = None

    @property
    def entity(self) -> str | None:
        """The entity that it is about; None: it is about no row of the system."""
        if self.verb == "enqueue":
            return self.each
        return None if self.verb in ("emit", "audit", "call", "rotate") else self.target


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says: templates over its parameters, with the names of their files; `html` None: there is no such part."""

    sender: ir.DeployText
    subject: str
    text: str
    html: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`every` in seconds, or `cron` with its `zone`; neither where runs are queued, with arguments for `parameters`. `event`: each one that is emitted queues a run, with its members as arguments; `event_span` is where it was named. `concurrency` and `unique`:
    parameters; runs with equal ones run one after the other, and wait only once. `backoff`: the first and the longest pause between attempts, in seconds, as `timeout`.
    `batch`: the rows that one transaction changes. `mail`: it sends this instead of doing statements. `enqueues`: the jobs that its Python may queue; `called`: the operations of other services that it calls, outside of a transaction. `keep`: seconds that a run is kept when it is over."""

    name: str
    span: Span
    doc: str = ""
    every: int | None = None
    cron: str | None = None
    zone: str = "UTC"
    event: str | None = None
    event_span: Span | None = None
    statements: tuple[JobStatement, ...] = ()
    retry: int = 5
    backoff: tuple[int, int] = (10, 3600)
    timeout: int = 600
    priority: int = 0
    batch: int = 1000
    parameters: tuple[Entry, ...] = ()
    handler: bool = False
    concurrency: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    mail: Mail | None = None
    enqueues: tuple[str, ...] = ()
    called: tuple[ExternalCall, ...] = ()
    keep: int = ir.KEPT

    @property
    def queued(self) -> bool:
        """Whether it runs only when it is queued."""
        return self.every is None and self.cron is None
