"""The matrix of a built system over rows that differ: values, states and references drawn at random, judged anew.

The emitted matrix has one row of each kind, alike but for who owns them; conditions about values hardly show on it. This one is put
in its place, in the same form, so that the emitted tests try it.
"""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from bdc.ir import Entity, EnumType, ReferenceField, Scalar, ScalarField, ScalarType, SystemIR
from bdc.output.document import to_json
from bdc_emitters.tests.calls import Calls
from bdc_emitters.tests.cells import Cells
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.packing import packed
from bdc_emitters.tests.rows import WorldRow, fixed_uuid
from bdc_emitters.tests.unborn import NewRows
from tests.long.conditions import MOODS

MATRIX = "tests/security/matrix.json"
TEAMS = ("red", "blue")


def vary_matrix(out: Path, system: SystemIR, seed: int, copies: int = 2) -> None:
    """Put a matrix over varied rows into the built backend `out`; `copies`: rows more of each kind."""
    document = VariedCells(system, Random(seed), copies).document()
    (out / MATRIX).write_text(to_json(packed(document)), encoding="utf-8")


class VariedCells(Cells):
    """Cells over a world whose rows are changed before anything is judged."""

    def __init__(self, system: SystemIR, chance: Random, copies: int) -> None:
        super().__init__(system)
        assert self.world.caller is not None
        caller = self.world.caller.name
        for row in [*self.world.rows.values()]:
            if not system.entity(row.entity).tenant_root and row.name != caller:
                _copy(self.world, row, copies)
        for row in self.world.rows.values():
            _vary(self.world, row, chance)
        self.world.forget_columns()
        self.new = VariedRows(self.world, chance)
        self.calls = Calls(system, self.new)


class VariedRows(NewRows):
    """Rows to be, varied as those that are there."""

    def __init__(self, world: Fixture, chance: Random) -> None:
        super().__init__(world)
        self._chance = chance

    def _find(self, entity: Entity, tenant: str) -> WorldRow | None:
        row = super()._find(entity, tenant)
        if row is not None:
            _vary(self.world, row, self._chance, only=self.asked(entity) or None)
            policy = self.system.policy(entity.name)
            # A field that not everybody may write is left out: whether it is written is a matter of its own.
            row.values.update(
                dict.fromkeys(rule.field for rule in (policy.fields if policy else ()) if rule.write)
            )
        return row


def _copy(world: Fixture, row: WorldRow, copies: int) -> None:
    for number in range(1, copies + 1):
        name = f"{row.name}_{number}"
        values = row.values | {"id": fixed_uuid(world.system.name, name, "id")}
        copy = replace(row, name=name, values=values, references=dict(row.references))
        world.rows[name] = copy
        world.of(row.entity).append(copy)


def _vary(world: Fixture, row: WorldRow, chance: Random, only: frozenset[str] | None = None) -> None:
    entity = world.system.entity(row.entity)
    machine = world.system.machine(row.entity)
    for field in entity.fields:
        if only is not None and field.name not in only:
            continue
        if isinstance(field, ScalarField) and field.name not in entity.key and field.stamp is None:
            if machine is None or field.name != machine.field:
                row.values[field.name] = _value(field, row.values[field.name], chance)
        elif isinstance(field, ReferenceField) and field.name != entity.tenant and _leads_on(row, field):
            row.references[field.name] = _other(world, row, field, chance)


def _leads_on(row: WorldRow, field: ReferenceField) -> bool:
    """Whether the reference is varied: it leads to a row, or to one of its own kind, also round in a circle."""
    return bool(row.references[field.name]) or field.target == row.entity


def _value(field: ScalarField, value: Any, chance: Random) -> Any:
    if field.nullable and chance.random() < 0.3:
        return None
    if field.name == "team":
        return chance.choice(TEAMS)
    if isinstance(field.type, EnumType):
        return chance.choice(MOODS)
    if isinstance(field.type, ScalarType) and field.type.scalar is Scalar.INT:
        return chance.randrange(5)
    if isinstance(field.type, ScalarType) and field.type.scalar is Scalar.BOOL:
        return chance.random() < 0.5
    return value


def _other(world: Fixture, row: WorldRow, field: ReferenceField, chance: Random) -> str | None:
    """A row of the same tenant to refer to. The caller's own person is as likely as all others together."""
    if field.nullable and chance.random() < 0.2:
        return None
    offered = [each.name for each in world.of(field.target) if each.tenant == row.tenant]
    caller = world.caller
    assert caller is not None
    if caller.entity == field.target and caller.tenant == row.tenant and chance.random() < 0.5:
        return caller.name
    return chance.choice(offered)
