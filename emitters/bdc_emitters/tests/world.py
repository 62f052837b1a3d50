"""A small world to judge policies in: two tenants, rows that belong to the caller and rows that do not, in every state.

In tenant `a` each entity has an `own` row (its references lead, in the end, to the caller's own identity row), a `foreign`
one and a `bare` one (foreign too, and empty wherever it may be); in tenant `b` there is one more. Entities under a state machine have them in every state. Rows refer to rows of the same
tenant and variant, so that what a policy follows always leads somewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bdc.ir import (
    Arc,
    ArrayType,
    Entity,
    ReferenceField,
    Scalar,
    ScalarField,
    ScalarType,
    Stamp,
    SystemIR,
    label_of,
)
from bdc.query.surface import Member
from bdc.query.surface.examples import Examples
from bdc_emitters.tests.distinct import distinct

BARE = "bare"
STAMPED = "2026-01-31T09:30:00+00:00"


@dataclass(frozen=True)
class WorldRow:
    """`values`: field → JSON value of scalars; `references`: field → name of a row, or None. `name` says what it is:
    `order_own_placed_a`."""

    name: str
    entity: str
    tenant: str
    variant: str
    state: str | None
    values: dict[str, Any] = field(hash=False)
    references: dict[str, str | None] = field(hash=False)


class World:
    """All rows, in an order in which they can be inserted."""

    def __init__(self, system: SystemIR) -> None:
        self.system = system
        self._examples = Examples(system)
        self.rows: dict[str, WorldRow] = {}
        self._columns: dict[str, dict[str, Any]] = {}
        self._by_entity: dict[str, list[WorldRow]] = {entity.name: [] for entity in system.entities}
        named = {entity.name for entity in tried(system)}
        for entity in (entity for entity in insertion_order(system) if entity.name in named):
            for row in self._rows_of(entity):
                self.rows[row.name] = row
                self._by_entity[entity.name].append(row)

    @property
    def caller(self) -> WorldRow:
        """The identity row of whoever acts: the `own` one in tenant `a`."""
        assert self.system.identity is not None
        return self.rows[row_name(self.system.entity(self.system.identity.entity), "own", None, "a")]

    def of(self, entity: str) -> list[WorldRow]:
        return self._by_entity[entity]

    def key_of(self, row: WorldRow) -> tuple[Any, ...]:
        """Return the values of the row's key fields (a reference stands for the key of the row it names)."""
        return tuple(self._key_part(row, name) for name in self.system.entity(row.entity).key)

    def columns(self, row: WorldRow) -> dict[str, Any]:
        """Return column → JSON value, as it is to be inserted."""
        if row.name not in self._columns:
            self._columns[row.name] = self._columns_of(row)
        return self._columns[row.name]

    def _columns_of(self, row: WorldRow) -> dict[str, Any]:
        entity = self.system.entity(row.entity)
        found: dict[str, Any] = {}
        for each in entity.fields:
            if isinstance(each, ScalarField):
                found |= spread(each, row.values[each.name])
        for each in entity.fields:
            if isinstance(each, ReferenceField):
                found.update(self._reference_columns(row, each))
        return found

    def unborn(self, entity: Entity, tenant: str, state: str | None) -> WorldRow:
        """Return a row that is not in the world: what a caller might create in `tenant`."""
        machine = self.system.machine(entity.name)
        wanted = state or (label_of(self._enum_values(entity, machine.field)[0]) if machine else None)
        born = self._row(entity, "own", wanted, tenant, prefix="unborn_")
        return replace(born, variant="unborn", values=born.values | self._not_everybodys(entity))

    def _not_everybodys(self, entity: Entity) -> dict[str, None]:
        """Fields that only some may write are left out of a new row: their rules have cells of their own."""
        policy = self.system.policy(entity.name)
        ruled = [
            entity.field(rule.field) for rule in (policy.fields if policy else ()) if rule.write is not None
        ]
        return {each.name: None for each in ruled if isinstance(each, ScalarField) and each.nullable}

    def _reference_columns(self, row: WorldRow, reference: ReferenceField) -> dict[str, Any]:
        named = row.references[reference.name]
        if named is None:
            return {} if reference.carriers else {reference.column: None}
        target = self.columns(self.rows[named])
        pairs = zip(reference.columns, reference.target_columns, strict=True)
        return {mine: target[theirs] for mine, theirs in pairs}

    def _key_part(self, row: WorldRow, name: str) -> Any:
        if name in row.values:
            return row.values[name]
        named = row.references[name]
        assert named is not None
        return self.key_of(self.rows[named])[0]

    def is_peculiar(self, entity: Entity, each: ScalarField) -> bool:
        """Whether two rows may not be alike in a field: it belongs to the key, or to a unique."""
        uniques = self.system.table(entity.table).uniques
        return each.name in entity.key or any(each.column in unique.columns for unique in uniques)

    def _rows_of(self, entity: Entity) -> Iterator[WorldRow]:
        machine = self.system.machine(entity.name)
        states: list[str | None] = [None]
        if machine is not None:
            states = [label_of(value) for value in self._enum_values(entity, machine.field)]
        variants = [("own", "a")] if entity.tenant_root else [("own", "a"), ("foreign", "a")]
        tenanted = entity.tenant_root or entity.tenant is not None
        # A key made of references alone has no room for one more row beside the same rows.
        own_key = any(isinstance(entity.field(name), ScalarField) for name in entity.key)
        if (
            own_key
            and not entity.tenant_root
            and any(getattr(each, "nullable", False) for each in entity.fields)
        ):
            variants.append((BARE, "a"))
        for variant, tenant in [*variants, *([("own", "b")] if tenanted else [])]:
            for state in states if (tenant, variant == BARE) == ("a", False) else states[:1]:
                yield self._row(entity, variant, state, tenant)

    def _enum_values(self, entity: Entity, name: str) -> tuple[Any, ...]:
        found = entity.field(name)
        assert isinstance(found, ScalarField)
        return self.system.enum(getattr(found.type, "name", "")).values

    def _row(
        self, entity: Entity, variant: str, state: str | None, tenant: str, *, prefix: str = ""
    ) -> WorldRow:
        name = prefix + row_name(entity, variant, state, tenant)
        machine = self.system.machine(entity.name)
        values = {
            each.name: None if variant == BARE and each.nullable else self._value(entity, each, name)
            for each in entity.fields
            if isinstance(each, ScalarField)
        }
        if machine is not None and state is not None:
            values[machine.field] = state
        arms = {name for arc in entity.arcs if not arc.optional for name in arc.fields}
        needed = arms if variant == BARE else ()
        references = {
            each.name: self._refer(entity, each, "foreign" if each.name in needed else variant, tenant)
            for each in entity.fields
            if isinstance(each, ReferenceField)
        }
        for arc in entity.arcs:
            references |= _one_of(arc, references)
        row = WorldRow(name, entity.name, tenant, variant, state, values, references)
        return replace(row, values=values | self._carried(entity, row))

    def _carried(self, entity: Entity, row: WorldRow) -> dict[str, Any]:
        """Return the values of fields that carry a reference: parts of the key of the row it leads to."""
        columns: dict[str, Any] = {}
        for each in entity.fields:
            if isinstance(each, ReferenceField) and each.carriers:
                columns |= self._reference_columns(row, each)
        return {
            each.name: columns[each.column]
            for each in entity.fields
            if isinstance(each, ScalarField) and each.column in columns
        }

    def _refer(self, entity: Entity, reference: ReferenceField, variant: str, tenant: str) -> str | None:
        if variant == BARE and reference.nullable:
            return None
        variant = "foreign" if variant == BARE else variant
        target = self.system.entity(reference.target)
        machine = self.system.machine(target.name)
        state = label_of(self._enum_values(target, machine.field)[0]) if machine else None
        wanted = row_name(target, "own" if target.tenant_root else variant, state, tenant)
        if wanted in self.rows:
            return wanted
        return (
            row_name(target, "own", state, tenant)
            if row_name(target, "own", state, tenant) in self.rows
            else None
        )

    def _value(self, entity: Entity, each: ScalarField, name: str) -> Any:
        if each.stamp is Stamp.DELETED or each.encrypted:
            return None
        if each.stamp is Stamp.VERSION:
            return 1
        if each.stamp is not None:
            return STAMPED
        if isinstance(each.type, ScalarType) and each.type.scalar is Scalar.UUID:
            return fixed_uuid(self.system.name, name, each.name)
        if isinstance(each.type, ArrayType):
            return []
        member = Member(each.name, each.type, each.nullable, field=each.name)
        return distinct(each, self._examples.member(entity, member), name, key=self.is_peculiar(entity, each))


def _one_of(arc: Arc, references: dict[str, str | None]) -> dict[str, str | None]:
    """Return the arms of a choice, of which the first that leads somewhere does."""
    chosen = next((name for name in arc.fields if references[name] is not None), None)
    return {name: references[name] if name == chosen else None for name in arc.fields}


def spread(field: ScalarField, value: Any) -> dict[str, Any]:
    """Return the columns of a field with their values: several of an embedded struct."""
    if not field.embedded:
        return {field.column: value}
    return {each.column: (value or {}).get(each.member) for each in field.embedded}


def row_name(entity: Entity, variant: str, state: str | None, tenant: str) -> str:
    """The name of a row of the world."""
    return "_".join(part for part in (entity.table, variant, state, tenant) if part)


def fixed_uuid(system: str, row: str, name: str) -> str:
    """A key that is the same in every run."""
    return str(uuid5(NAMESPACE_URL, f"urn:bdc:{system}:test:{row}:{name}"))


def tried(system: SystemIR) -> tuple[Entity, ...]:
    """Return the entities whose rows a policy may open. What cannot be told apart cannot be asked for."""
    return tuple(entity for entity in system.entities if entity.key and not entity.unguarded)


def insertion_order(system: SystemIR) -> tuple[Entity, ...]:
    """Return the entities so that what a row refers to comes before it (circles are broken at the later declaration)."""
    placed: dict[str, Entity] = {}

    def place(entity: Entity, above: frozenset[str]) -> None:
        if entity.name in placed or entity.name in above:
            return
        for each in entity.fields:
            if isinstance(each, ReferenceField):
                place(system.entity(each.target), above | {entity.name})
        placed[entity.name] = entity

    for entity in system.entities:
        place(entity, frozenset())
    return tuple(placed.values())
