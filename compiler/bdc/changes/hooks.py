"""Hooks of generated operations on both sides of a change."""

from collections.abc import Iterator

from bdc.changes.sides import Sides
from bdc.ir import Hook, Origin, SystemIR
from bdc.surface.names import hooks

Pair = tuple[str, str, Hook | None, Hook | None, Origin]


def hook_pairs(sides: Sides) -> Iterator[Pair]:
    """Yield entity, action, the hooks of both sides, and where they are or would be written, of what both sides offer and one has hooks for."""
    before, there = _hooks(sides.old), _offered(sides.old)
    for (entity, action), hook in _hooks(sides.new).items():
        if (sides.renames.entity(entity), action) in there:
            yield entity, action, before.get((sides.renames.entity(entity), action)), hook, hook.origin
    now = _hooks(sides.new)
    for (entity, action), origin in _offered(sides.new).items():
        was = before.get((sides.renames.entity(entity), action))
        if was is not None and (entity, action) not in now:
            yield entity, action, was, None, origin


def _hooks(system: SystemIR) -> dict[tuple[str, str], Hook]:
    return {(entity, hook.action): hook for entity, hook in hooks(system)}


def _offered(system: SystemIR) -> dict[tuple[str, str], Origin]:
    return {
        (resource.entity, action): resource.origin
        for api in system.apis
        for resource in api.resources
        for action in resource.offered
    }
