"""All pictures of a system by kind, in both forms."""

from collections.abc import Iterator

from bdc.diagrams import mermaid
from bdc.diagrams.architecture import architecture_diagram
from bdc.diagrams.entities import entity_diagram
from bdc.diagrams.machine import machine_diagram
from bdc.diagrams.permissions import permission_diagram
from bdc.diagrams.requests import PARTIES, READ, WRITE
from bdc.diagrams.sequence import sequence_diagram
from bdc.ir import SystemIR


def pictures(system: SystemIR, kind: str, form: str) -> Iterator[tuple[str, str]]:
    """Yield `(name, text)` of the pictures of a kind; `form`: svg or mermaid. KeyError for another kind."""
    makers = {
        "entities": _entities,
        "machines": _machines,
        "requests": _requests,
        "architecture": _architecture,
        "permissions": _permissions,
    }
    return makers[kind](system, form == "svg")


def _entities(system: SystemIR, svg: bool) -> Iterator[tuple[str, str]]:
    yield "entities", entity_diagram(system) if svg else mermaid.entities(system)


def _machines(system: SystemIR, svg: bool) -> Iterator[tuple[str, str]]:
    for machine in system.machines:
        name = f"{machine.entity}-{machine.field}".lower()
        yield name, machine_diagram(system, machine) if svg else mermaid.machine(machine)


def _requests(system: SystemIR, svg: bool) -> Iterator[tuple[str, str]]:
    for name, title, messages in (
        ("request-read", "How a read is served", READ),
        ("request-write", "How a write is served", WRITE),
    ):
        yield name, sequence_diagram(title, PARTIES, messages) if svg else mermaid.sequence(PARTIES, messages)


def _architecture(system: SystemIR, svg: bool) -> Iterator[tuple[str, str]]:
    yield "architecture", architecture_diagram(system) if svg else mermaid.architecture(system)


def _permissions(system: SystemIR, svg: bool) -> Iterator[tuple[str, str]]:
    yield "permissions", permission_diagram(system) if svg else mermaid.permissions(system)
