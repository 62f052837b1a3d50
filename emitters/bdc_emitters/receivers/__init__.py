"""Webhooks of other systems that come in.

What comes in: `receivers` of the IR, with the statements that read a payload and queue jobs. What goes out: `api/receivers.py` and the modules that check
signatures and take messages once, with tests of them; nothing for a system without any. Absent on purpose: the description for callers (`openapi`).
"""

from collections.abc import Iterable, Iterator

from bdc.ir import EnumType, Receiver, Scalar, ScalarType, SystemIR, label_of
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_json
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc.query.consuming import checking, consuming
from bdc.source.records import dataclass
from bdc.surface.examples import Examples

PACKAGE = "bdc_emitters.receivers"


@dataclass(frozen=True, slots=True)
class EventView:
    name: str
    check: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiverView:
    name: str
    path: str
    variable: str
    scheme: str
    tolerance: float
    keep: float
    events: tuple[EventView, ...]


@dataclass(frozen=True, slots=True)
class ReceiversView:
    receivers: tuple[ReceiverView, ...]


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield what takes webhooks; nothing where none come in."""
    if not system.receivers:
        return
    view = ReceiversView(tuple(_view(system, each) for each in system.receivers))
    yield from runtime_files(PACKAGE)
    yield GeneratedFile("api/receivers.py", Templates(PACKAGE).render("receivers.py.j2", view))
    yield GeneratedFile("tests/integration/receivers.json", to_json({"messages": list(_messages(system))}))


def _view(system: SystemIR, receiver: Receiver) -> ReceiverView:
    events = tuple(
        EventView(each.event, checking(system, each), consuming(system, each)) for each in receiver.consumers
    )
    return ReceiverView(
        receiver.name,
        receiver.path,
        receiver.variable,
        receiver.scheme,
        receiver.tolerance,
        receiver.keep,
        events,
    )


def _messages(system: SystemIR) -> Iterator[dict[str, object]]:
    """Yield a message of each event that comes in, as an example."""
    examples = Examples(system)
    for receiver in system.receivers:
        for each in receiver.consumers:
            event = next(found for found in system.events if found.name == each.event)
            data: dict[str, object] = {}
            for entry in event.members:
                if isinstance(entry.type, EnumType):
                    data[entry.name] = label_of(system.enum(entry.type.name).values[0])
                else:
                    data[entry.name] = examples.value(entry.type, entry.name)
            unread = next((name for name in data if _is_strict(event.members, name)), None)
            yield {"receiver": receiver.name, "event": each.event, "data": data, "strict": unread}


def _is_strict(members: object, name: str) -> bool:
    """Whether a text that is no value of its type can be told."""
    entry = next(each for each in members if each.name == name)  # type: ignore[attr-defined]
    kinds = (
        Scalar.INT,
        Scalar.BIGINT,
        Scalar.DECIMAL,
        Scalar.UUID,
        Scalar.TIMESTAMP,
        Scalar.DATE,
        Scalar.BOOL,
    )
    return isinstance(entry.type, ScalarType) and entry.type.scalar in kinds


EMITTER = Emitter(name="receivers", emit=emit)
