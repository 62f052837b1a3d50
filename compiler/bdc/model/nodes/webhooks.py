"""Webhooks, streams and sources: resolved."""

from typing import Literal

from bdc.model.nodes.api import Enqueue
from bdc.model.nodes.policy import Word
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Webhooks:
    """`entity`: its rows are the subscriptions. `events`: those that can be subscribed to, empty where none were written. Times in seconds."""

    entity: str
    span: Span
    events: tuple[Word, ...]
    attempts: int
    timeout: float
    keep: float


@dataclass(frozen=True, slots=True)
class Stream:
    """`variable`: of the environment, with the address. `subject`: what subjects begin with, '' where it was not written."""

    name: str
    span: Span
    variable: str
    events: tuple[Word, ...]
    subject: str
    attempts: int
    keep: float


@dataclass(frozen=True, slots=True)
class Source:
    """`stream`: of NATS; `subject`: which of its subjects, '' for all."""

    name: str
    span: Span
    variable: str
    stream: str
    subject: str
    keep: float


@dataclass(frozen=True, slots=True)
class Consumer:
    """`tenant`: the member of the event that says whose rows the jobs are about."""

    event: Word
    source: Word
    tenant: Word | None
    runs: tuple[Enqueue, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """How often the trail is sealed, and how long sealed rows are kept (None: for ever), in seconds."""

    span: Span
    seal: int
    keep: int | None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Webhooks that come in at `path`. Times in seconds."""

    name: str
    span: Span
    path: str
    variable: str
    scheme: Literal["standard", "stripe", "github"]
    tolerance: float
    keep: float
