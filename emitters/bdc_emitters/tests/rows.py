"""Rows of the world as data, and what is asked of whatever holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from bdc.ir import Entity, ScalarField, SystemIR
from bdc.source.records import dataclass


class _Unknown:
    """A value that the database makes when the row is written."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class WorldRow:
    """`values`: field → JSON value of scalars (UNKNOWN: made by the database); `references`: field → name of a row, or None. `name` says
    what it is: `order_own_placed_a`."""

    name: str
    entity: str
    tenant: str
    variant: str
    state: str | None
    values: dict[str, Any] = field(hash=False)
    references: dict[str, str | None] = field(hash=False)


class Fixture(Protocol):
    """What an expression is evaluated over."""

    @property
    def system(self) -> SystemIR: ...

    @property
    def rows(self) -> Mapping[str, WorldRow]: ...

    @property
    def claims(self) -> Mapping[str, Any]: ...

    def claims_of(self, entity: str) -> Mapping[str, Any]:
        """Return claim → value of the caller that is a row of `entity`."""

    def of(self, entity: str) -> Sequence[WorldRow]:
        """Return the rows of an entity."""

    def key_of(self, row: WorldRow) -> tuple[Any, ...]:
        """Return the values of the row's key fields."""


def spread(field: ScalarField, value: Any) -> dict[str, Any]:
    """Return the columns of a field with their values: several of an embedded struct."""
    if not field.embedded:
        return {field.column: value}
    return {each.column: (value or {}).get(each.member) for each in field.embedded}


def row_name(entity: Entity, variant: str, state: str | None, tenant: str) -> str:
    """Return the name of a row of the world."""
    return "_".join(part for part in (entity.table, variant, state, tenant) if part)


def fixed_uuid(system: str, row: str, name: str) -> str:
    """Return a key that is the same in every run."""
    return str(uuid5(NAMESPACE_URL, f"urn:bdc:{system}:test:{row}:{name}"))


def tried(system: SystemIR) -> tuple[Entity, ...]:
    """Return the entities whose rows a policy may open. What cannot be told apart cannot be asked for."""
    declared = (*system.entities, *system.projections)
    return tuple(entity for entity in declared if entity.key and not entity.unguarded)
