"""Rows that are not there yet: what a caller might create, and the body that asks for it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from bdc.ir import (
    Call,
    CollectionField,
    Entity,
    Expr,
    InputShape,
    Literal,
    ReferenceField,
    Root,
    ScalarField,
    SqlText,
    Stamp,
    SystemIR,
)
from bdc.policy.rebase import paths
from bdc.surface import Member, input_members
from bdc_emitters.tests.clock import Clock
from bdc_emitters.tests.exact import plain
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.interpret import Caller, NotJudged, Reader
from bdc_emitters.tests.plan import OWN, UNBORN, Planned
from bdc_emitters.tests.rows import UNKNOWN, WorldRow, row_name

Data = dict[str, Any]


class NewRows:
    """Rows to be, one for each entity and tenant, as its table would take them."""

    def __init__(self, world: Fixture) -> None:
        self.world = world
        self.system: SystemIR = world.system
        self._found: dict[tuple[str, str], WorldRow | None] = {}
        self.missing: dict[tuple[str, str], str] = {}

    def of(self, entity: Entity, tenant: str) -> WorldRow | None:
        """Return the row to be in `tenant`; None when none was found (`missing` says why)."""
        place = (entity.name, tenant)
        if place not in self._found:
            self._found[place] = self._find(entity, tenant)
        return self._found[place]

    def _find(self, entity: Entity, tenant: str) -> WorldRow | None:
        draft = self._draft(entity, tenant)
        fixed = self._fixed(entity, draft)
        references = frozenset(draft.references)
        own = self._own(entity)
        # A row that another one stands in the way of is refused with a conflict, after the policy was asked.
        for kept, alone in (
            (fixed | references, False),
            (fixed | own, False),
            (fixed | references, True),
            (fixed, True),
        ):
            found, broken = self.world.find(draft, kept, alone=alone)
            if found is not None:
                return found
        self.missing[entity.name, tenant] = broken[0].name
        return None

    def _draft(self, entity: Entity, tenant: str) -> WorldRow:
        machine = self.system.machine(entity.name)
        state = (machine.initial or machine.transitions[0].sources[0]) if machine else None
        name = f"{UNBORN}_{row_name(entity, OWN, state, tenant)}"
        row = self.world.draft(Planned(name, entity.name, OWN, state, tenant))
        asked, left_out = self._asked(entity), self._not_everybodys(entity)
        references = {
            name: None if name in left_out or not self._is_asked(entity, name, asked) else value
            for name, value in row.references.items()
        }
        row = replace(row, variant=UNBORN, references=references, values=dict(row.values))
        for field in entity.fields:
            if isinstance(field, ScalarField):
                if field.name in left_out:
                    row.values[field.name] = None
                elif asked is not None and field.name not in asked:
                    row.values[field.name] = self._made(entity, field, row)
        return row

    def _own(self, entity: Entity) -> frozenset[str]:
        """Return the reference that makes a row the caller's own: the first to the entity of callers."""
        identity = self.system.identity
        main = [identity.entity] if identity else []
        others = [each.entity for each in identity.others] if identity else []
        found = [
            each.name
            for callers in (main, others)
            for each in entity.fields
            if isinstance(each, ReferenceField) and each.target in callers
        ]
        return frozenset(found[:1])

    def _is_asked(self, entity: Entity, name: str, asked: frozenset[str] | None) -> bool:
        """Whether a reference is given: by the caller, or because it cannot be left out."""
        field = entity.field(name)
        assert isinstance(field, ReferenceField)
        return asked is None or not field.nullable or name in asked or _is_carried(entity, name, asked)

    def asked(self, entity: Entity) -> frozenset[str]:
        """Return the fields that a caller may give; nothing where no api creates rows."""
        return self._asked(entity) or frozenset()

    def _asked(self, entity: Entity) -> frozenset[str] | None:
        """Return the fields that a caller may give; None where no api creates rows."""
        shape = self.shape(entity)
        return None if shape is None else frozenset(member.field for member in shape.members)

    def shape(self, entity: Entity) -> InputShape | None:
        """Return what a caller gives to create a row, by the first api that offers it."""
        return self._shapes.get(entity.name)

    @cached_property
    def _shapes(self) -> dict[str, InputShape]:
        found: dict[str, InputShape] = {}
        for api in self.system.apis:
            for resource in api.resources:
                if resource.create and "create" in resource.operations:
                    found.setdefault(resource.entity, resource.create)
        return found

    def _not_everybodys(self, entity: Entity) -> frozenset[str]:
        """Fields that only some may write are left out of a new row: their rules have cells of their own."""
        policy = self.system.policy(entity.name)
        ruled = [
            entity.field(rule.field) for rule in (policy.fields if policy else ()) if rule.write is not None
        ]
        return frozenset(
            each.name for each in ruled if isinstance(each, ScalarField | ReferenceField) and each.nullable
        )

    def _made(self, entity: Entity, field: ScalarField, row: WorldRow) -> Any:
        """Return what a field holds that a caller cannot give."""
        machine = self.system.machine(entity.name)
        clock = _clock(field)
        if clock is not None:
            return clock
        if field.stamp is not None or field.name in entity.key or (machine and field.name == machine.field):
            return row.values[field.name]
        if isinstance(field.default, Literal):
            return field.default.plain
        column = self.system.table(entity.table).column(field.column)
        if column.default is not None or isinstance(field.default, Call | SqlText) or field.numbered:
            return UNKNOWN
        if field.default is not None:
            try:
                return plain(
                    field.type, Reader(self.world, self._caller(field.default), row).value(field.default)
                )
            except NotJudged:
                return row.values[field.name]
        return None if field.nullable else row.values[field.name]

    def _caller(self, default: Expr) -> Caller:
        """Return the caller that a default takes its value from."""
        identity = self.system.identity
        read = (path.steps[0] for path in paths(default) if path.root is Root.ACTOR and path.steps)
        for first in read if identity is not None and identity.others else ():
            assert identity is not None
            for other in identity.others if first.entity is not None or not identity.has(first.field) else ():
                if first.entity == other.entity or (first.entity is None and first.field in other.claims):
                    return Caller(self.world.caller_in(other.entity), ())
        return Caller(self.world.caller, ())

    def _fixed(self, entity: Entity, draft: WorldRow) -> frozenset[str]:
        machine = self.system.machine(entity.name)
        asked = self._asked(entity)
        stamps = [
            each.name
            for each in entity.fields
            if isinstance(each, ScalarField) and each.stamp in (Stamp.DELETED, Stamp.VERSION)
        ]
        named = [machine.field if machine else None, entity.tenant, *stamps]
        closed = (
            []
            if asked is None
            else [
                name
                for name in (*draft.values, *draft.references)
                if name not in asked and not _is_carried(entity, name, asked)
            ]
        )
        made_keys = {name for name in entity.key if name in closed}
        return frozenset(
            name for name in (*named, *closed) if name is not None
        ) - made_keys | self._not_everybodys(entity)

    def body(self, entity: Entity, members: tuple[Member, ...]) -> Data | None:
        """Return the body that asks for the row in tenant `a`: everything that it holds and a caller may give."""
        row = self.of(entity, "a")
        if row is None:
            return None
        found: Data = {}
        for member in members:
            value = self._given(entity, member, row)
            if member.required or value is not None:
                found[member.name] = value
        return found

    def _given(self, entity: Entity, member: Member, row: WorldRow) -> Any:
        field = entity.field(member.field)
        if isinstance(field, CollectionField) and not member.required:
            return None  # whether the caller may write those rows is a matter of their own policy
        if member.linked:
            return []
        if isinstance(field, CollectionField):
            child = self.body(self.system.entity(field.target), member.nested or ())
            return None if child is None else [child]
        if isinstance(field, ReferenceField):
            return self._reference_part(field, member, row)
        value = row.values[member.field]
        return None if value is UNKNOWN else value

    def _reference_part(self, field: ReferenceField, member: Member, row: WorldRow) -> Any:
        """Return the part of a key that a member carries: `author_id`, or a column of a key of several parts."""
        columns = self.world.columns(row)
        if row.references[field.name] is None:
            return None
        return columns[member.name if member.name in field.columns else field.column]

    def named(self, entity: Entity, tenant: str) -> frozenset[str]:
        """Return the rows that must be there before the row is created: what it and the rows inside it refer to."""
        shape = self.shape(entity)
        members = self.members(entity, shape) if shape is not None else ()
        return frozenset(
            name
            for row in self._together(entity, tenant, members)
            for name in row.references.values()
            if name is not None
        )

    def _together(self, entity: Entity, tenant: str, members: tuple[Member, ...]) -> Iterator[WorldRow]:
        """Yield the row and those that its body has to bring."""
        row = self.of(entity, tenant)
        if row is not None:
            yield row
        for member in members:
            field = entity.field(member.field)
            if isinstance(field, CollectionField) and member.required:
                yield from self._together(self.system.entity(field.target), tenant, member.nested or ())

    def within(self, entity: Entity, row: WorldRow) -> Iterator[tuple[Entity, WorldRow]]:
        """Yield the rows that the body of `row` has to bring, as rows of it."""
        shape = self.shape(entity)
        for member in self.members(entity, shape) if shape is not None else ():
            field = entity.field(member.field)
            if isinstance(field, CollectionField) and member.required and not member.linked:
                inner = self.system.entity(field.target)
                found = self.of(inner, row.tenant)
                if found is not None and field.inverse in found.references:
                    yield inner, replace(found, references=found.references | {field.inverse: row.name})

    def members(self, entity: Entity, shape: InputShape) -> tuple[Member, ...]:
        return input_members(self.system, entity, shape)


def _is_carried(entity: Entity, name: str, asked: frozenset[str]) -> bool:
    """Whether a caller gives a reference by the fields that carry its key."""
    field = entity.field(name)
    return isinstance(field, ReferenceField) and bool(field.carriers) and asked >= set(field.carriers)


def _clock(field: ScalarField) -> Clock | None:
    """Return the time of the request where the service or the database writes it: what a caller gives is held against it."""
    if field.stamp is not None:
        return Clock() if field.stamp in (Stamp.CREATED, Stamp.TOUCHED) else None
    called = field.default.function if isinstance(field.default, Call) else ""
    return Clock(day=called == "today") if called in ("now", "today") else None
