"""Partitions that are made at run time: how long they are, and how long their rows are kept."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Entity, Partitioning, SystemIR

_REMEDY = "Rows of that age go with the first run of its job after the release, and no way back brings them."


def retention_changes(sides: Sides) -> Iterator[Change]:
    """Yield what changes for the rows of entities that are there before and after."""
    before = {entity.name: entity for entity in sides.old.entities}
    for entity in sides.new.entities:
        was = before.get(sides.renames.entity(entity.name))
        if was is not None:
            yield from _changed(_parts(sides.old, was), _parts(sides.new, entity), entity)


def _parts(system: SystemIR, entity: Entity) -> Partitioning | None:
    return system.table(entity.table).partitioning


def _changed(old: Partitioning | None, new: Partitioning | None, entity: Entity) -> Iterator[Change]:
    by, keep = (old.by, old.keep) if old is not None else (None, None)
    now = (new.by, new.keep) if new is not None else (None, None)
    if by != now[0]:
        message = f"partitions of {entity.name} are made {_every(now[0])} instead of {_every(by)}"
        yield Change("behaviour.partitions-made", f"{entity.name} by", message, "", entity.origin)
    if keep == now[1]:
        return
    message = f"rows of {entity.name} are kept {_spoken(now[1])} instead of {_spoken(keep)}"
    if now[1] is not None and (keep is None or now[1] < keep):
        yield Change("behaviour.rows-kept-shorter", f"{entity.name} keep", message, _REMEDY, entity.origin)
    else:
        yield Change("behaviour.rows-kept-longer", f"{entity.name} keep", message, "", entity.origin)


def _every(by: str | None) -> str:
    return "by hand" if by is None else f"for each {by}"


def _spoken(keep: int | None) -> str:
    return "for ever" if keep is None else f"for {keep} s"
