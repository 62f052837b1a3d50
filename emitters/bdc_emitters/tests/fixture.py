"""A small world to judge policies in: two tenants, rows that belong to the caller and rows that do not, in every state.

In tenant `a` each entity has an `own` row (its references lead, in the end, to the caller's own identity row), a `foreign`
one and a `bare` one (foreign too, and empty wherever it may be); in tenant `b` there is one more. Entities under a state machine have
them in every state. Rows refer to rows of the same tenant and variant, so that what a policy follows always leads somewhere. Where
constraints forbid that, the rows are changed until they hold (`finder`), with `spare` rows to refer to where there are too few. What
cannot be found is in `missing`, with the constraint that is in its way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bdc.ir import Arc, Entity, ReferenceField, ScalarField, SystemIR
from bdc.surface.examples import Examples
from bdc_emitters.tests.candidates import Candidates
from bdc_emitters.tests.claims import claim_values, other_claim_values
from bdc_emitters.tests.clock import Clock
from bdc_emitters.tests.constraints import Constraint, Constraints
from bdc_emitters.tests.finder import Finder
from bdc_emitters.tests.plan import (
    BARE,
    FOREIGN,
    OWN,
    SPARE,
    Planned,
    insertion_order,
    is_tenanted,
    planned_rows,
    states_of,
)
from bdc_emitters.tests.rows import UNKNOWN, WorldRow, row_name, spread
from bdc_emitters.tests.values import Values

# Rows of one entity and tenant that exist only to be referred to.
MOST_SPARES = 8


class Fixture:
    """All rows, in an order in which they can be inserted (a cycle of references has none: then in declared order)."""

    def __init__(self, system: SystemIR) -> None:
        self.system = system
        self.examples = Examples(system)
        self.values = Values(system, self.examples)
        self.rows: dict[str, WorldRow] = {}
        self.missing: dict[str, tuple[str, str]] = {}
        self.uncertain: set[str] = set()
        self._candidates = Candidates(system, self.examples)
        self._columns: dict[str, dict[str, Any]] = {}
        self._growing: dict[str, WorldRow] = {}
        self._by_entity: dict[str, list[WorldRow]] = {entity.name: [] for entity in system.entities}
        self._stored = {each.name: each.stored for each in system.projections}
        self._rules: dict[str, Constraints] = {}
        self._by_column: dict[str, dict[str, list[tuple[ScalarField | ReferenceField, str]]]] = {}
        self._plans: dict[str, dict[str, Planned]] = {
            entity.name: {plan.name: plan for plan in planned_rows(system, entity)}
            for entity in system.entities
        }
        for entity in insertion_order(system):
            for plan in tuple(self._plans[entity.name].values()):
                self._grow(plan)
        self._close_cycles()
        self._forget_dangling()
        self.claims: dict[str, Any] = claim_values(system, self)
        self.other_claims = other_claim_values(system, self)

    @property
    def caller(self) -> WorldRow | None:
        """The identity row of the caller: the `own` one in tenant `a`; None without an identity, or when it cannot be."""
        return self.caller_in(self.system.identity.entity) if self.system.identity is not None else None

    def caller_in(self, entity: str) -> WorldRow | None:
        """The `own` row of an entity that callers are rows of, in tenant `a`; None when it cannot be."""
        return next((row for row in self.of(entity) if row.variant == OWN), None)

    def claims_of(self, entity: str) -> dict[str, Any]:
        """Return claim → value of the caller that is a row of `entity`."""
        main = self.system.identity.entity if self.system.identity is not None else ""
        return self.claims if entity == main else self.other_claims.get(entity, {})

    def of(self, entity: str) -> list[WorldRow]:
        """Return the rows of an entity, or of the one that it projects."""
        return self._by_entity.get(entity) or self._by_entity.get(self._stored.get(entity, entity), [])

    def rules(self, entity: Entity) -> Constraints:
        """Return the constraints of an entity."""
        if entity.name not in self._rules:
            self._rules[entity.name] = Constraints(self, entity)
        return self._rules[entity.name]

    def key_of(self, row: WorldRow) -> tuple[Any, ...]:
        """Return the values of the row's key fields (a reference stands for the key of the row it names)."""
        return tuple(self._key_part(row, name) for name in self.system.entity(row.entity).key)

    def columns(self, row: WorldRow) -> dict[str, Any]:
        """Return column → JSON value, as it is to be inserted."""
        if self._growing or row.name not in self.rows:
            return self._columns_of(row)
        if row.name not in self._columns:
            self._columns[row.name] = self._columns_of(row)
        return self._columns[row.name]

    def forget_columns(self) -> None:
        """Work out the columns anew: rows were changed."""
        self._columns.clear()
        self.claims = claim_values(self.system, self)
        self.other_claims = other_claim_values(self.system, self)

    def column(self, row: WorldRow, column: str) -> Any:
        """Return the JSON value of one column; UNKNOWN where the database makes it, or no field of the row holds it."""
        return self._cell(row, column)

    def offered(self, row: WorldRow, reference: ReferenceField) -> Sequence[str | None]:
        """Return the rows that a reference of `row` may lead to, those of its own kind first."""
        target = self.system.entity(reference.target)
        tenant = row.tenant if is_tenanted(target) else "a"
        plans = [
            plan
            for plan in self._plans[target.stored].values()
            if plan.tenant == tenant and plan.name not in self.missing
        ]
        kin = sorted(plans, key=lambda plan: (plan.name == row.name, plan.variant != row.variant))
        return [*(plan.name for plan in kin), *((None,) if reference.nullable or reference.carriers else ())]

    def find(
        self, row: WorldRow, fixed: frozenset[str] = frozenset(), *, alone: bool = False
    ) -> tuple[WorldRow | None, list[Constraint]]:
        """Return a row like `row` that its table takes, or None and what is broken; makes spare rows where they help."""
        entity = self.system.entity(row.entity)
        finder = Finder(self.rules(entity), self._candidates, self.settle, self.offered)
        placed = self.of(entity.name)
        for _ in range(MOST_SPARES + 1):
            for start in (row, *self.values.seeded(entity, row, fixed)):
                found, broken = finder.find(self.settle(start), placed, fixed, alone=alone)
                if found is not None:
                    return found, []
            spares = [self._spare(each, row) for each in self._referring(entity, broken, fixed)]
            if True not in spares:
                return None, broken
        return None, broken

    def settle(self, row: WorldRow) -> WorldRow:
        """Return the row with what follows from its references: fields that carry the key of a row that they lead to, and that are
        empty where they lead nowhere."""
        entity = self.system.entity(row.entity)
        carried: dict[str, Any] = {}
        emptied: dict[str, Any] = {}
        for reference in entity.fields:
            if isinstance(reference, ReferenceField) and reference.carriers:
                columns = self._reference_columns(row, reference)
                for name in reference.carriers:
                    field = entity.field(name)
                    if not isinstance(field, ScalarField):
                        continue
                    if columns.get(field.column) is not None:
                        carried[name] = columns[field.column]
                    elif not columns and field.nullable:
                        emptied[name] = None
        return replace(row, values=row.values | emptied | carried) if carried or emptied else row

    def draft(self, plan: Planned) -> WorldRow:
        """Return a row as its plan says, whether its table takes it or not."""
        entity = self.system.entity(plan.entity)
        arms = {name for arc in entity.arcs if not arc.optional for name in arc.fields}
        references = {
            each.name: self._refer(each, plan, needed=each.name in arms)
            for each in entity.fields
            if isinstance(each, ReferenceField)
        }
        for arc in entity.arcs:
            references |= _one_of(arc, references)
        values = self.values.of(entity, plan)
        row = WorldRow(plan.name, plan.entity, plan.tenant, plan.variant, plan.state, values, references)
        return self.settle(row)

    def _grow(self, plan: Planned) -> WorldRow | None:
        """Return the row of a plan, made when it is first asked for."""
        if plan.name in self.rows or plan.name in self.missing:
            return self.rows.get(plan.name)
        if plan.name in self._growing:
            return self._growing[plan.name]
        self._growing[plan.name] = self.draft_later(plan)
        row, broken = self.find(self._growing[plan.name], self._fixed(plan))
        del self._growing[plan.name]
        if row is None:
            self.missing[plan.name] = (plan.entity, broken[0].name)
            return None
        self.rows[row.name] = row
        self._by_entity[row.entity].append(row)
        if self.rules(self.system.entity(row.entity)).undecided(row):
            self.uncertain.add(row.name)
        return row

    def in_doubt(self, names: Iterable[str]) -> set[str]:
        """Return those of the rows that PostgreSQL may not take: by themselves, or because of what they refer to."""
        return {name for name in names if self.uncertain and self.uncertain & self._beneath(name)}

    def _beneath(self, name: str) -> set[str]:
        """The row and all that it refers to."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            each = waiting.pop()
            if each not in found and each in self.rows:
                found.add(each)
                waiting += [other for other in self.rows[each].references.values() if other is not None]
        return found

    def draft_later(self, plan: Planned) -> WorldRow:
        """Return the draft; while it is made, rows that it refers to in a cycle see it without its references."""
        entity = self.system.entity(plan.entity)
        references = {each.name: None for each in entity.fields if isinstance(each, ReferenceField)}
        values = self.values.of(entity, plan)
        self._growing[plan.name] = WorldRow(
            plan.name, plan.entity, plan.tenant, plan.variant, plan.state, values, dict(references)
        )
        return self.draft(plan)

    def _fixed(self, plan: Planned) -> frozenset[str]:
        machine = self.system.machine(plan.entity)
        entity = self.system.entity(plan.entity)
        named = (machine.field if machine else None, entity.tenant, entity.soft_delete)
        return frozenset(name for name in named if name is not None)

    def _referring(
        self, entity: Entity, broken: list[Constraint], fixed: frozenset[str]
    ) -> list[ReferenceField]:
        """Return the references that what is broken is about: of what compares rows where there is such, because only that is
        mended by rows that nothing leads to yet."""
        of_many = [each for each in broken if each.of_many] or broken
        names = dict.fromkeys(name for each in of_many for name in each.fields if name not in fixed)
        found = [entity.field(name) for name in names]
        return [each for each in found if isinstance(each, ReferenceField)]

    def _spare(self, reference: ReferenceField, row: WorldRow) -> bool:
        """Make one more row that `reference` can lead to; return whether there is one."""
        target = self.system.entity(reference.target)
        plans = self._plans[target.stored]
        tenant = row.tenant if is_tenanted(target) else "a"
        spares = sum(plan.variant == SPARE and plan.tenant == tenant for plan in plans.values())
        if (
            target.tenant_root
            or spares >= MOST_SPARES
            or any(each.startswith(SPARE) for each in self._growing)
        ):
            return False
        state = next(iter(states_of(self.system, target)), None)
        plan = Planned(
            f"{row_name(target, SPARE, None, tenant)}_{spares + 1}", target.name, SPARE, state, tenant
        )
        plans[plan.name] = plan
        return self._grow(plan) is not None

    def _refer(self, reference: ReferenceField, plan: Planned, *, needed: bool) -> str | None:
        """Return the name of the row of the same variant, or of the nearest that there is."""
        if plan.variant in (BARE, SPARE) and reference.nullable and not needed:
            return None
        target = self.system.entity(reference.target)
        tenant = plan.tenant if is_tenanted(target) else "a"
        variant = plan.variant if plan.variant in (OWN, FOREIGN) else FOREIGN
        wanted = [
            name
            for each in (OWN if target.tenant_root else variant, OWN)
            for name, other in self._plans[target.stored].items()
            if (other.variant, other.tenant) == (each, tenant) and name not in self.missing
        ]
        if target.name == plan.entity:
            earlier = [name for name in wanted if name in self.rows]
            wanted = earlier or ([] if reference.nullable else [plan.name])
        for name in wanted:
            if self._grow(self._plans[target.stored][name]) is not None:
                return name
        return None

    def _columns_of(self, row: WorldRow) -> dict[str, Any]:
        found = {column: self._cell(row, column) for column in self._sources(row.entity)}
        # The time of a request stands in no fixture.
        return {
            column: value
            for column, value in found.items()
            if value is not UNKNOWN and not isinstance(value, Clock)
        }

    def _cell(self, row: WorldRow, column: str) -> Any:
        """Return what stands in a column: of a field's own, or part of the key of the row that a reference leads to."""
        found: Any = UNKNOWN
        for source, theirs in self._sources(row.entity).get(column, ()):
            if isinstance(source, ReferenceField):
                found = self._carried(row, source, theirs)
            elif row.values[source.name] is not UNKNOWN:
                found = spread(source, row.values[source.name])[column]
            if found is not None and found is not UNKNOWN:
                return found
        return found

    def _carried(self, row: WorldRow, reference: ReferenceField, column: str) -> Any:
        named = row.references[reference.name]
        target = self._row(reference.target, named) if named is not None else None
        return None if target is None else self._cell(target, column)

    def _sources(self, entity: str) -> dict[str, list[tuple[ScalarField | ReferenceField, str]]]:
        """Return column → the fields that it belongs to, with the column of the target for references."""
        if entity not in self._by_column:
            found: dict[str, list[tuple[ScalarField | ReferenceField, str]]] = {}
            fields = self.system.entity(entity).fields
            for field in (each for each in fields if isinstance(each, ScalarField)):
                for column in [each.column for each in field.embedded] or [field.column]:
                    found.setdefault(column, []).append((field, column))
            references = [each for each in fields if isinstance(each, ReferenceField)]
            # The tenant is at hand; any other reference asks a row that may have to ask another.
            for reference in sorted(references, key=lambda each: not each.tenant):
                for mine, theirs in zip(reference.columns, reference.target_columns, strict=True):
                    if not (reference.carriers and mine in found):
                        found.setdefault(mine, []).append((reference, theirs))
            self._by_column[entity] = found
        return self._by_column[entity]

    def _reference_columns(self, row: WorldRow, reference: ReferenceField) -> dict[str, Any]:
        if row.references[reference.name] is None:
            return {}
        pairs = zip(reference.columns, reference.target_columns, strict=True)
        return {mine: self._carried(row, reference, theirs) for mine, theirs in pairs}

    def _row(self, entity: str, name: str) -> WorldRow | None:
        return self.rows.get(name) or self._grow(self._plans[entity][name])

    def _key_part(self, row: WorldRow, name: str) -> Any:
        if name in row.values:
            return row.values[name]
        named = row.references[name]
        assert named is not None
        reference = self.system.entity(row.entity).field(name)
        target = self._row(getattr(reference, "target", ""), named)
        return None if target is None else self.key_of(target)[0]

    def _close_cycles(self) -> None:
        """Settle the rows again, now that all are there: a row in a cycle was made before the key of another was known."""
        self._columns.clear()
        for row in tuple(self.rows.values()):
            settled = self.settle(row)
            if settled is not row and settled.values != row.values:
                self.rows[row.name] = settled
                kin = self._by_entity[row.entity]
                kin[kin.index(row)] = settled

    def _forget_dangling(self) -> None:
        """Leave out rows that refer to what could not be found."""
        while dangling := [row for row in self.rows.values() if self._dangling(row)]:
            for row in dangling:
                name = self._dangling(row)
                del self.rows[row.name]
                self._by_entity[row.entity].remove(row)
                self.missing[row.name] = (row.entity, f"{row.entity}.{name}")

    def _dangling(self, row: WorldRow) -> str | None:
        return next((field for field, name in row.references.items() if name and name not in self.rows), None)


def _one_of(arc: Arc, references: dict[str, str | None]) -> dict[str, str | None]:
    """Return the arms of a choice, of which the first that leads somewhere does."""
    chosen = next((name for name in arc.fields if references[name] is not None), None)
    return {name: references[name] if name == chosen else None for name in arc.fields}
