"""Jobs: work that no caller asks for."""

from typing import Literal as Kind

from bdc.ir.api import Parameter
from bdc.ir.base import Node, Origin
from bdc.ir.behaviour import Assignment
from bdc.ir.deploy import DeployText
from bdc.ir.expr import Expr
from bdc.ir.external import ExternalCall
from bdc.ir.types import Type

KEPT = 7 * 86_400
"""Seconds that a run of a job is kept when it is over, where nothing is said."""


class CallResult(Node):
    """The answer of a call, as later statements know it (a path of root `param`)."""

    name: str
    type: Type
    nullable: bool = False


class JobStatement(Node):
    """`update` and `delete` are about every row of `target` for which `condition` holds, or (`row`) about the row that a parameter names; `create`, `put` and `remove` are those of
    operations; `audit` seals or prunes the audit trail (`target`: `seal`, `prune`); `emit` writes the event `target`; `rotate` makes partitions of entity `target` ahead and lets old ones go; `call` calls `target`, an operation of another service (`Mail.send`), between two transactions. Values of `update` are about the row that changes, others about no row. `undoes`: the number (from 1) of the statement that this one undoes, where a later one fails for good; such statements stand behind the others, in the order in which they run. `enqueue` queues job `target` with `values`, `after` seconds or `at` a time; with `each`, once for each row of this entity for which `condition` holds: `this` in values."""

    verb: Kind["update", "delete", "create", "put", "remove", "emit", "audit", "call", "enqueue", "rotate"]
    target: str
    condition: Expr | None = None
    row: str | None = None
    values: tuple[Assignment, ...] = ()
    result: CallResult | None = None
    undoes: int | None = None
    each: str | None = None
    after: int | None = None
    at: Expr | None = None

    @property
    def entity(self) -> str | None:
        """The entity that it is about; None: it is about no row of the system."""
        if self.verb == "enqueue":
            return self.each
        return None if self.verb in ("emit", "audit", "call", "rotate") else self.target


class Mail(Node):
    """What a mail says: templates over its arguments, which are called `to` (the recipient) and as they are declared. `html` None: there is no such
    part. `purpose`: it is sent by sign-in, with a token that is good for this; None: operations queue it."""

    sender: DeployText
    subject: str
    text: str
    html: str | None = None
    purpose: Kind["reset", "verify"] | None = None


class Job(Node):
    """It runs `every` so many seconds, counted from the beginning of 1970, or at the times of `cron`, five fields, in time zone `zone`.
    `retry`: how often a run that failed is tried again, after pauses that double from `first_pause` to `longest_pause` seconds.
    `timeout`: seconds that one run may take. `batch`: rows that one transaction changes. `statements` run in order, as the job itself:
    row level security knows it as `job:<name>`. With `handler`, user code in services/business/jobs/ runs instead of
    statements. Without a schedule it runs when it is queued, with arguments for `parameters`, which are members of `event` where each of those that is emitted queues a run: runs with equal values of
    `concurrency` run one after the other, and only one with equal values of `unique` waits. With `mail`, a message is sent instead. `enqueues`: the jobs that user code may queue; `called`: the operations of other services that it
    calls, and then it runs outside of a transaction. `keep`: seconds that a run is kept when it is over, unless it failed."""

    name: str
    doc: str = ""
    every: int | None = None
    cron: str | None = None
    zone: str = "UTC"
    event: str | None = None
    statements: tuple[JobStatement, ...] = ()
    retry: int = 5
    first_pause: int = 10
    longest_pause: int = 3600
    timeout: int = 600
    priority: int = 0
    batch: int = 1000
    parameters: tuple[Parameter, ...] = ()
    handler: bool = False
    concurrency: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    mail: Mail | None = None
    enqueues: tuple[str, ...] = ()
    called: tuple[ExternalCall, ...] = ()
    keep: int = KEPT
    origin: Origin

    @property
    def queued(self) -> bool:
        """Whether it runs only when it is queued."""
        return self.every is None and self.cron is None

    @property
    def known(self) -> tuple[Parameter, ...]:
        """What statements know beside rows: the arguments, and the answers of calls."""
        answers = (each.result for each in self.statements if each.result is not None)
        return (
            *self.parameters,
            *(Parameter(name=each.name, type=each.type, nullable=each.nullable) for each in answers),
        )

    @property
    def undoing(self) -> tuple[JobStatement, ...]:
        """What undoes other statements, in order."""
        return tuple(each for each in self.statements if each.undoes is not None)

    @property
    def calls(self) -> bool:
        """Whether statements of it call other services."""
        return any(each.verb == "call" for each in self.statements)

    @property
    def bound(self) -> str:
        """What the job is called in settings and rules of the database."""
        return f"job:{self.name}"
