"""The relay: a program beside the service that delivers events to the endpoints of subscribers.

What comes in: `webhooks` and `stream` of the IR, the claims of callers, the statement that says which rows a caller may read. What goes out: `services/relay`, run as
`python -m services.relay`; nothing for a system without them. Absent on purpose: how it is deployed (`docker`, `kubernetes`, `monitoring`).
"""

from collections.abc import Iterable, Iterator

from bdc.ir import ScalarField, Stream, SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc.query.consuming import checking, consuming
from bdc.query.readable import readable_keys
from bdc.query.sealing import row_key
from bdc.source.records import dataclass

PACKAGE = "bdc_emitters.relay"
# Only what speaks to NATS needs its client.
_PUBLISHER = frozenset({"services/relay/engine/publisher.py"})
_CONSUMPTION = frozenset(f"services/relay/engine/{name}.py" for name in ("consumption", "reading"))


@dataclass(frozen=True, slots=True)
class EventView:
    """`subject`: the entity whose row it is about; `readable`: the statement that says which rows a caller may read."""

    name: str
    subject: str
    readable: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    setting: str
    anonymous: str


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """`check`: the statement that reads a payload; `runs`: those that queue jobs."""

    event: str
    check: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    name: str
    variable: str
    stream: str
    subject: str
    keep: float
    consumers: tuple[ConsumerView, ...]


@dataclass(frozen=True, slots=True)
class DeclaredView:
    """The view of `declared.py`."""

    events: tuple[EventView, ...]
    claims: tuple[ClaimView, ...]
    column: str
    by_row: bool
    tenants: bool
    attempts: int
    timeout: float
    keep: float
    has_webhooks: bool
    has_stream: bool
    stream: Stream | None
    has_sources: bool
    sources: tuple[SourceView, ...]


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield the relay; nothing where the system sends no events."""
    if not system.has_relay:
        return
    text = Templates(PACKAGE).render("declared.py.j2", _declared(system, context))
    without = frozenset() if system.stream is not None else _PUBLISHER
    without |= frozenset() if system.consumers else _CONSUMPTION
    yield from (file for file in runtime_files(PACKAGE) if file.path not in without)
    yield GeneratedFile("services/relay/declared.py", text)


def _declared(system: SystemIR, context: EmitContext) -> DeclaredView:
    declared = system.webhooks
    entity = system.entity(declared.entity) if declared is not None else None
    secret = entity.field(declared.secret) if declared is not None and entity is not None else None
    column = f"{entity.table}.{secret.column}" if entity and isinstance(secret, ScalarField) else ""
    return DeclaredView(
        events=tuple(_events(system)),
        claims=tuple(
            ClaimView(each.setting, each.anonymous)
            for each in context.queries.identity
            if each.claim is not None
        ),
        column=column,
        by_row=entity is not None and row_key(entity) is not None,
        tenants=entity is not None and entity.tenant is not None,
        attempts=declared.attempts if declared is not None else 1,
        timeout=declared.timeout if declared is not None else 1.0,
        keep=declared.keep if declared is not None else 0.0,
        has_webhooks=declared is not None,
        has_stream=system.stream is not None,
        stream=system.stream,
        has_sources=bool(system.consumers),
        sources=tuple(_sources(system)),
    )


def _sources(system: SystemIR) -> Iterator[SourceView]:
    """Yield the sources that something is consumed from."""
    for each in system.sources:
        consumers = tuple(
            ConsumerView(found.event, checking(system, found), consuming(system, found))
            for found in system.consumers
            if found.source == each.name
        )
        if consumers:
            yield SourceView(each.name, each.variable, each.stream, each.subject, each.keep, consumers)


def _events(system: SystemIR) -> Iterator[EventView]:
    """Yield the events that subscribers get."""
    for event in system.events:
        if system.webhooks is not None and event.name in system.webhooks.events and event.subject is not None:
            entity = system.entity(event.subject)
            yield EventView(event.name, event.subject, readable_keys(system, entity))


EMITTER = Emitter(name="relay", emit=emit)
