"""Computed fields rest on fields that are stored, at the end."""

from collections.abc import Iterator

from bdc.analysis.expressions import fields_of
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.types import Cycle
from bdc.model.nodes.entity import ComputedField

Place = tuple[str, str]


def computed_cycle(model: Model) -> Iterator[Fact]:
    uses = {
        (entity.name, field.name): tuple(fields_of(field.expr))
        for entity in model.entities.values()
        for field in entity.fields
        if isinstance(field, ComputedField) and field.expr is not None
    }
    reported: set[Place] = set()
    for start in uses:
        found = _path_back(start, uses) if start not in reported else ()
        reported.update(found)
        if found:
            field = model.entities[start[0]].find(start[1])
            assert field is not None
            yield Cycle("a computed field", tuple(".".join(each) for each in found), field.span)


def _path_back(start: Place, uses: dict[Place, tuple[Place, ...]]) -> tuple[Place, ...]:
    """Return the way from a field back to itself; empty when there is none."""
    waiting: list[tuple[Place, ...]] = [(start,)]
    seen: set[Place] = set()
    while waiting:
        chain = waiting.pop(0)
        for used in uses.get(chain[-1], ()):
            if used == start:
                return (*chain, start)
            if used in uses and used not in seen:
                seen.add(used)
                waiting.append((*chain, used))
    return ()
