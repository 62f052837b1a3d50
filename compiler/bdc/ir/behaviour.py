"""State machines, errors, events, seeds and scenarios."""

from enum import StrEnum

from bdc.ir.base import Node, Origin
from bdc.ir.expr import Expr
from bdc.ir.types import Type


class Assignment(Node):
    field: str
    value: Expr


class Transition(Node):
    """`operation` performs it; None: any update may."""

    sources: tuple[str, ...]
    target: str
    operation: str | None = None
    stamp: str | None = (
        None  # a nullable timestamp field `<target>_at` of the entity, set to now() if it is still null
    )
    origin: Origin


class Machine(Node):
    """The allowed changes of an enum field; enforced in the database, the service and the operations.
    `initial`: the field's default, the only value a row may be created with (None: any)."""

    entity: str
    field: str
    initial: str | None = None
    transitions: tuple[Transition, ...]
    origin: Origin


class Entry(Node):
    name: str
    type: Type
    nullable: bool = False
    doc: str = ""


class ErrorDecl(Node):
    """A named error: HTTP status and typed members of the problem document. `code` is its kebab-case name."""

    name: str
    code: str
    status: int
    members: tuple[Entry, ...] = ()
    doc: str = ""
    origin: Origin


class Event(Node):
    """What operations tell. `version`: that of its payload, which readers are told."""

    name: str
    subject: str | None = None
    members: tuple[Entry, ...] = ()
    version: int = 1
    doc: str = ""
    origin: Origin


class SeedRow(Node):
    """A row named in its seed. A value that is a Path with root `scenario` refers to another row of the seed by name."""

    name: str
    entity: str
    values: tuple[Assignment, ...]


class Seed(Node):
    name: str
    rows: tuple[SeedRow, ...]
    origin: Origin


class StepKind(StrEnum):
    GIVEN = "given"
    AS = "as"
    DO = "do"
    EXPECT_VALUE = "expect_value"
    EXPECT_ERROR = "expect_error"
    EXPECT_ALLOW = "expect_allow"
    EXPECT_DENY = "expect_deny"
    EXPECT_EVENT = "expect_event"
    EXPECT_NO_EVENT = "expect_no_event"
    EXPECT_MAIL = "expect_mail"
    EXPECT_NO_MAIL = "expect_no_mail"
    AT = "at"
    AFTER = "after"
    RUN = "run"
    RECEIVE = "receive"


class ScenarioStep(Node):
    """One line of a `test`. given: `row`; as: `actor` (a Path to a seed row) and `roles`; do and expect_error: `target` (Path
    to a row; None for an operation outside a resource), `operation`, `arguments` (and `error`); expect_value: `condition`;
    expect_allow/deny: `action` on `target`; expect_(no_)event and expect_(no_)mail: `event`, or the mail, and the members that it has (`arguments`); at: `time`, where the
    clock then stands; after: `seconds` by which it goes on; run: job `operation`, None for all that
    are due; receive: a webhook of receiver `operation` with `event` and its members (`arguments`)."""

    kind: StepKind
    row: SeedRow | None = None
    actor: Expr | None = None
    roles: tuple[str, ...] = ()
    target: Expr | None = None
    operation: str | None = None
    arguments: tuple[Assignment, ...] = ()
    error: str | None = None
    condition: Expr | None = None
    action: str | None = None
    event: str | None = None
    time: str | None = None
    seconds: int | None = None
    origin: Origin


class Scenario(Node):
    name: str
    steps: tuple[ScenarioStep, ...]
    origin: Origin
