"""`api/gates.py`: what each api asks of its callers, in a system whose apis do not all ask the same."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.gates import Gate, gates

TEMPLATES = Templates("bdc_emitters.service")
RUNTIME = "api/engine/gates.py"


@dataclass(frozen=True, slots=True)
class GateView:
    """`rate`: 0 for no limit, None for what the configuration says."""

    name: str
    paths: tuple[str, ...]
    bearer: bool
    api_key: bool
    rate: int | None
    seconds: int
    by: str


@dataclass(frozen=True, slots=True)
class GatesView:
    gates: tuple[GateView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module; nothing where all apis ask for the same."""
    found = tuple(map(_view, gates(system)))
    if found:
        yield GeneratedFile("api/gates.py", TEMPLATES.render("gates.py.j2", GatesView(found)))


def _view(gate: Gate) -> GateView:
    limit = gate.limit
    rate = None if gate.configured else limit.count if limit is not None else 0
    seconds = limit.seconds if limit is not None else 0
    by = (limit.by or "") if limit is not None else ""
    return GateView(gate.name, gate.paths, gate.bearer, gate.api_key, rate, seconds, by)
