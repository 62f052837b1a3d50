"""Values of a row before constraints are asked: of the specification's hints and seeds, else of the types."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bdc.ir import ArrayType, Entity, Literal, Scalar, ScalarField, ScalarType, Stamp, SystemIR, vector_length
from bdc.surface import Member
from bdc.surface.examples import Examples, constant
from bdc_emitters.tests.clock import FUTURE, PAST
from bdc_emitters.tests.distinct import distinct
from bdc_emitters.tests.plan import BARE, OWN, Planned
from bdc_emitters.tests.rows import WorldRow, fixed_uuid
from bdc_emitters.tests.timed import timed_fields

STAMPED = "2026-01-31T09:30:00+00:00"
# Seed rows that are tried in the place of made ones.
MOST_SEEDS = 4


class Values:
    """Makes the values of rows of one system."""

    def __init__(self, system: SystemIR, examples: Examples) -> None:
        self._system = system
        self._examples = examples
        self._timed = timed_fields(system)

    def of(self, entity: Entity, plan: Planned) -> dict[str, Any]:
        """Return field → JSON value of all scalars."""
        machine = self._system.machine(entity.name)
        empty = plan.variant == BARE
        found = {
            each.name: None if empty and each.nullable else self.value(entity, each, plan.name, plan.variant)
            for each in entity.fields
            if isinstance(each, ScalarField)
        }
        if machine is not None and plan.state is not None:
            found[machine.field] = plan.state
        return found

    def value(self, entity: Entity, field: ScalarField, row: str, variant: str) -> Any:
        """Return the value of one field of the row called `row`."""
        if field.stamp is Stamp.DELETED:
            return None
        if field.stamp is Stamp.VERSION:
            return 1
        logical = field.type
        scalar = logical.scalar if isinstance(logical, ScalarType) else None
        if (entity.name, field.name) in self._timed and scalar in (Scalar.DATE, Scalar.TIMESTAMP):
            moment = FUTURE if variant == OWN else PAST
            return moment if scalar is Scalar.TIMESTAMP else moment[:10]
        if field.stamp is not None:
            return STAMPED
        if isinstance(logical, ScalarType) and logical.scalar is Scalar.UUID:
            return fixed_uuid(self._system.name, row, field.name)
        if isinstance(logical, ArrayType):
            length = vector_length(logical)
            return [] if length is None else self._examples.value(logical, row)
        peculiar = self.is_peculiar(entity, field)
        if field.examples and not peculiar:
            return constant(field.examples[0 if variant == OWN else -1], logical)
        member = Member(field.name, logical, field.nullable, field=field.name)
        example = self._examples.member(entity, member)
        return distinct(field, example, row, key=peculiar)

    def is_peculiar(self, entity: Entity, field: ScalarField) -> bool:
        """Whether two rows may not be alike in a field: it belongs to the key, or to a unique."""
        uniques = self._system.table(entity.table).uniques
        return field.name in entity.key or any(field.column in unique.columns for unique in uniques)

    def seeded(self, entity: Entity, row: WorldRow, fixed: frozenset[str]) -> Iterator[WorldRow]:
        """Yield the row with the values that seeds give to rows of its entity."""
        rows = [each for seed in self._system.seeds for each in seed.rows if each.entity == entity.name]
        for seed in rows[:MOST_SEEDS]:
            given = {
                each.field: each.value.plain
                for each in seed.values
                if isinstance(each.value, Literal) and each.field in row.values and each.field not in fixed
            }
            kept = {name: value for name, value in given.items() if not self._is_own(entity, name)}
            yield replace(row, values=row.values | kept)

    def _is_own(self, entity: Entity, name: str) -> bool:
        field = entity.field(name)
        return name in entity.key or getattr(getattr(field, "type", None), "kind", "") == "struct"
