"""Which policies of row level security allow no row to any role that could not have it before: replacing one is no hazard."""

from collections.abc import Iterator

from bdc.changes.meaning import implies
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.shift import enum_values
from bdc.changes.policy.unchanged import same_rules
from bdc.changes.sides import Sides, renames_of
from bdc.ir import Entity, SystemIR
from bdc.policy.matrix import MatrixRow, Verdict, matrix_of
from bdc.query.row_security import commands


def narrowed(old: SystemIR, new: SystemIR) -> frozenset[tuple[str, str]]:
    """Return the policies of `new`, as (table, policy), that allow nothing that `old` did not allow. Roles that `old` does not have
    are left out: no caller holds one yet."""
    sides = Sides(old, new, renames_of(old, new))
    return frozenset(_all(new) if same_rules(sides) else _Narrowed(sides).all())


def _all(system: SystemIR) -> Iterator[tuple[str, str]]:
    for entity in system.entities:
        for command, _ in commands(system, entity):
            yield _policy(entity, command)


def _policy(entity: Entity, command: str) -> tuple[str, str]:
    return entity.table, f"{entity.table}_{command}"


class _Narrowed:
    def __init__(self, sides: Sides) -> None:
        self._old, self._new, self._renames = sides.old, sides.new, sides.renames
        self._before, self._after = matrix_of(sides.old), matrix_of(sides.new)
        self._known = {entity.name for entity in sides.old.entities}
        self._roles = {role.name for role in sides.old.roles}
        self._values = enum_values(sides)

    def all(self) -> Iterator[tuple[str, str]]:
        for entity in self._new.entities:
            if self._renames.entity(entity.name) not in self._known or not self._scope_holds(entity):
                continue
            for command, actions in commands(self._new, entity):
                if all(self._holds(entity, action) for action in actions):
                    yield _policy(entity, command)

    def _scope_holds(self, entity: Entity) -> bool:
        was = self._old.policy(self._renames.entity(entity.name))
        now = self._new.policy(entity.name)
        if was is None or now is None or was.scope is None:
            return was is not None
        scope = earlier(now.scope, self._renames)
        return scope is not None and implies(scope, was.scope, self._values)

    def _holds(self, entity: Entity, action: str) -> bool:
        before = self._before.of(self._renames.entity(entity.name), action)
        cells = {cell.role: cell for cell in before}
        return all(
            self._within(cells.get(cell.role), cell)
            for cell in self._after.of(entity.name, action)
            if cell.role in cells or cell.role in self._roles or not cells
        )

    def _within(self, old: MatrixRow | None, new: MatrixRow) -> bool:
        if new.verdict is Verdict.NEVER:
            return True
        if old is None or old.verdict is Verdict.NEVER:
            return False
        if old.expr is None:
            return True
        expr = earlier(new.expr, self._renames)
        return expr is not None and implies(expr, old.expr, self._values)
