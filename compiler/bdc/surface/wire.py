"""How requests and answers of an api look outside, where that differs from how the service has them inside: one decision for the service,
its description, its tests and its documents.

What comes in: the IR. What goes out: a `Wire` for each operation of an api that has a profile, or whose rows show something of their
own; nothing for the others. What an operation does is decided inside, where names are those of the model.
"""

from bdc.ir import (
    Api,
    SystemIR,
)
from bdc.ir.remembering import per_system
from bdc.source.records import dataclass
from bdc.surface.endpoints import endpoints
from bdc.surface.outside import Wire
from bdc.surface.outside_sign_in import wires_of_sign_in
from bdc.surface.shapes import Shapes, Table
from bdc.surface.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Wires:
    """`wires` of a system, and the `tables` that they name; `always`: related rows that a table shows, whatever is asked for."""

    wires: tuple[Wire, ...]
    tables: dict[str, Table]
    always: dict[str, tuple[str, ...]]

    def of(self, method: str, path: str) -> Wire | None:
        """Return what is known of an operation."""
        return next((each for each in self.wires if (each.method, each.path) == (method, path)), None)


def is_wired(system: SystemIR) -> bool:
    """Return whether anything looks otherwise outside."""
    return any(_differs(api) for api in system.apis)


def _differs(api: Api) -> bool:
    return api.profile is not None or any(each.shows for each in api.resources)


@per_system
def wires_of(system: SystemIR) -> Wires:
    """Return what looks otherwise outside."""
    found: list[Wire] = []
    tables: dict[str, Table] = {}
    shapes = {api.name: Shapes(system, api) for api in system.apis if _differs(api)}
    always: dict[str, tuple[str, ...]] = {}
    for endpoint in endpoints(system):
        made = shapes.get(endpoint.api.name)
        shows = endpoint.resource is not None and endpoint.resource.shows
        if made is not None and (shows or endpoint.api.profile is not None):
            found.append(Wiring(system, made, endpoint).wire())
    for made in shapes.values():
        found += wires_of_sign_in(system, made)
        tables |= made.tables
        always |= made.always
    return Wires(tuple(found), tables, always)


def is_shown(system: SystemIR, entity: str, kind: str, member: str) -> bool:
    """Return whether an answer of a read of rows shows a member of them: it does unless a `show` leaves it out."""
    found = (
        each
        for each in endpoints(system)
        if each.entity is not None and each.entity.name == entity and each.own is None
    )
    endpoint = next((each for each in found if each.kind == kind and not each.single), None)
    wire = wires_of(system).of(endpoint.method, endpoint.path) if endpoint is not None else None
    return wire is None or not wire.answer or member in wires_of(system).tables[wire.answer]
