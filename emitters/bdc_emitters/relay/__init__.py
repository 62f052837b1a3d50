"""The relay: a program beside the service that delivers events to the endpoints of subscribers.

What comes in: `webhooks` of the IR, the claims of callers, the statement that says which rows a caller may read. What goes out: `services/relay`, run as
`python -m services.relay`; nothing for a system without `webhooks`. Absent on purpose: how it is deployed (`docker`, `kubernetes`, `monitoring`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bdc.ir import ScalarField, SystemIR, Webhooks
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc.query.readable import readable_keys
from bdc.query.sealing import row_key

PACKAGE = "bdc_emitters.relay"


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


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield the relay; nothing where the system sends no events."""
    if system.webhooks is None:
        return
    view = _declared(system, system.webhooks, context)
    text = Templates(PACKAGE).render("declared.py.j2", view)
    yield from runtime_files(PACKAGE)
    yield GeneratedFile("services/relay/declared.py", text)


def _declared(system: SystemIR, declared: Webhooks, context: EmitContext) -> DeclaredView:
    entity = system.entity(declared.entity)
    secret = entity.field(declared.secret)
    assert isinstance(secret, ScalarField)
    return DeclaredView(
        events=tuple(
            EventView(event.name, event.subject, readable_keys(system, system.entity(event.subject)))
            for event in system.events
            if event.name in declared.events and event.subject is not None
        ),
        claims=tuple(
            ClaimView(each.setting, each.anonymous)
            for each in context.queries.identity
            if each.claim is not None
        ),
        column=f"{entity.table}.{secret.column}",
        by_row=row_key(entity) is not None,
        tenants=entity.tenant is not None,
        attempts=declared.attempts,
        timeout=declared.timeout,
        keep=declared.keep,
    )


EMITTER = Emitter(name="relay", emit=emit)
