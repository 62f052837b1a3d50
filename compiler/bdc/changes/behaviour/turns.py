"""Which triggers and functions of the database refuse more than before, and which refuse less: the plan places them by it."""

from collections.abc import Iterator

from bdc.changes.policy.fields import write_changes
from bdc.changes.policy.narrowed import narrowed
from bdc.changes.policy.unchanged import same_rules
from bdc.changes.sides import Sides, renames_of
from bdc.ddl.names import fitted
from bdc.ir import Machine, Policy, SystemIR
from bdc.policy.matrix import matrix_of

Turns = frozenset[tuple[str, str]]


def turns(old: SystemIR, new: SystemIR) -> tuple[Turns, Turns]:
    """Return what refuses more, and what refuses less: triggers as (table, trigger), functions as ("", `name()`). What does both is in
    neither, but functions, which cannot do it in two steps: those refuse more."""
    sides = Sides(old, new, renames_of(old, new))
    found = list(_machines(sides)) + list(_immutable(sides))
    late = {name for name, lost, gained in found if lost and not gained}
    early = {name for name, lost, gained in found if gained and not lost}
    return frozenset((*late, *_grants(sides), *_compared(sides))), frozenset(early)


def _compared(sides: Sides) -> Iterator[tuple[str, str]]:
    """Yield the functions that compare a row before and after, where updates are only taken away."""
    if same_rules(sides):
        return
    for table, policy in narrowed(sides.old, sides.new):
        if policy == f"{table}_update":
            yield "", f"{fitted(f'{table}_change_grant')}()"


def _machines(sides: Sides) -> Iterator[tuple[tuple[str, str], bool, bool]]:
    before = {(machine.entity, machine.field): machine for machine in sides.old.machines}
    for machine in sides.new.machines:
        was = before.get((sides.renames.entity(machine.entity), machine.field))
        if was is not None:
            old, new = _moves(was), _moves(machine)
            table = sides.new.table_of(machine.entity)
            name = fitted(f"{table.name}_{machine.field}_machine")
            yield (_spelled(sides.new, machine.entity), name), bool(old - new), bool(new - old)


def _moves(machine: Machine) -> set[tuple[str, str, str | None]]:
    return {(source, each.target, each.operation) for each in machine.transitions for source in each.sources}


def _immutable(sides: Sides) -> Iterator[tuple[tuple[str, str], bool, bool]]:
    from bdc.schema.triggers import fixed_columns

    known = {entity.name: entity for entity in sides.old.entities}
    for entity in sides.new.entities:
        was = known.get(sides.renames.entity(entity.name))
        if was is not None:
            old, new = set(fixed_columns(sides.old, was)), set(fixed_columns(sides.new, entity))
            name = fitted(f"{sides.new.table_of(entity.name).name}_immutable")
            yield (_spelled(sides.new, entity.name), name), bool(new - old), bool(old - new)


def _grants(sides: Sides) -> Iterator[tuple[str, str]]:
    known = {entity.name for entity in sides.old.entities}
    differing = [
        entity
        for entity in sides.new.entities
        if (was := sides.renames.entity(entity.name)) in known
        and _writes(sides.old.policy(was)) != _writes(sides.new.policy(entity.name))
    ]
    if not differing:
        return
    matrices = matrix_of(sides.old), matrix_of(sides.new)
    for entity in differing:
        for field, code in write_changes(sides, entity.name, matrices):
            if code != "policy.field-gained":
                yield "", f"{fitted(f'{entity.table}_{field}_grant')}()"


def _writes(policy: Policy | None) -> dict[str, object]:
    return {rule.field: rule.write for rule in policy.fields if rule.write} if policy else {}


def _spelled(system: SystemIR, entity: str) -> str:
    table = system.table_of(entity)
    return table.name if table.schema_name in (None, "public") else f"{table.schema_name}.{table.name}"
