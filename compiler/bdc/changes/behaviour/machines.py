"""State machines: which changes of a value are accepted, and which operation makes them."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import EnumType, Machine, Origin, SystemIR
from bdc.source.records import dataclass

_KEEP = "Keep the transition until no client performs it."


@dataclass(frozen=True, slots=True)
class _Move:
    """One change of a value, in names of the old side. `operation`: None where every update may make it."""

    source: str
    target: str
    operation: str | None
    stamp: str | None
    origin: Origin

    @property
    def by(self) -> str:
        return f"by {self.operation}" if self.operation else "by any update"

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


def machine_changes(sides: Sides) -> Iterator[Change]:
    """Yield the transitions that are refused now, and those that are new."""
    before = {(machine.entity, machine.field): machine for machine in sides.old.machines}
    known = {entity.name for entity in sides.old.entities}
    for new in sides.new.machines:
        entity = sides.renames.entity(new.entity)
        old = before.pop((entity, sides.renames.field(new.entity, new.field)), None)
        if old is not None:
            yield from _machine(sides, old, new)
        elif entity in known and _has_field(sides, new):
            message = (
                f"{_place(new)} changes only along its state machine: other changes are refused with 409"
            )
            remedy = "List every transition that clients perform today."
            yield Change("behaviour.machine-added", _place(new), message, remedy, new.origin)
    for gone in before.values():
        message = f"{_place(gone)} has no state machine: every change of it is accepted"
        yield Change("behaviour.machine-removed", _place(gone), message, origin=gone.origin)


def _has_field(sides: Sides, machine: Machine) -> bool:
    old = sides.old.entity(sides.renames.entity(machine.entity))
    return sides.renames.field(machine.entity, machine.field) in {field.name for field in old.fields}


def _place(machine: Machine) -> str:
    return f"{machine.entity}.{machine.field}"


def _machine(sides: Sides, old: Machine, new: Machine) -> Iterator[Change]:
    before, after = _moves(sides, sides.old, old, renamed=False), _moves(sides, sides.new, new, renamed=True)
    place = _place(new)
    left = dict(after)
    for at, move in before.items():
        now = left.pop(at, None)
        if now is None:
            yield _lost(place, move, list(after.values()), new)
        elif now.stamp != move.stamp:
            message = f"{move} sets `{now.stamp or 'no time'}` instead of `{move.stamp or 'no time'}`"
            yield Change("behaviour.transition-stamp-changed", f"{place} {move}", message, origin=now.origin)
    for move in left.values():
        message = f"{place} may change from `{move.source}` to `{move.target}` {move.by}"
        yield Change("behaviour.transition-added", f"{place} {move} {move.by}", message, origin=move.origin)
    yield from _initial(sides, old, new)


def _lost(place: str, move: _Move, left: list[_Move], new: Machine) -> Change:
    spot = f"{place} {move} {move.by}"
    for now in left:
        if (now.source, now.target) == (move.source, move.target):
            message = (
                f"{place} changes from `{move.source}` to `{move.target}` {now.by}, and no longer {move.by}"
            )
            return Change("behaviour.transition-moved", spot, message, _KEEP, now.origin)
        if move.operation and (now.source, now.operation) == (move.source, move.operation):
            message = (
                f"{move.operation} leads from `{move.source}` to `{now.target}` instead of `{move.target}`"
            )
            return Change("behaviour.transition-moved", spot, message, _KEEP, now.origin)
    message = f"{place} can no longer change from `{move.source}` to `{move.target}` {move.by}: it is refused with 409"
    return Change("behaviour.transition-removed", spot, message, _KEEP, new.origin)


def _moves(
    sides: Sides, system: SystemIR, machine: Machine, *, renamed: bool
) -> dict[tuple[str, str, str | None], _Move]:
    enum = getattr(system.entity(machine.entity).field(machine.field), "type", None)

    def called(value: str) -> str:
        return sides.renames.value(enum.name, value) if renamed and isinstance(enum, EnumType) else value

    found = {}
    for each in machine.transitions:
        for source in each.sources:
            move = _Move(called(source), called(each.target), each.operation, each.stamp, each.origin)
            found[move.source, move.target, move.operation] = move
    return found


def _initial(sides: Sides, old: Machine, new: Machine) -> Iterator[Change]:
    enum = getattr(sides.new.entity(new.entity).field(new.field), "type", None)
    now = new.initial
    if now is not None and isinstance(enum, EnumType):
        now = sides.renames.value(enum.name, now)
    if old.initial == now:
        return
    place = f"{_place(new)} initial"
    if now is None:
        message = f"a new {new.entity} may have any `{new.field}`"
        yield Change("behaviour.initial-state-removed", place, message, origin=new.origin)
        return
    was = f"`{old.initial}`" if old.initial else "any value"
    message = f"a new {new.entity} must have `{new.field}` `{now}` instead of {was}"
    yield Change("behaviour.initial-state-changed", place, message, origin=new.origin)
