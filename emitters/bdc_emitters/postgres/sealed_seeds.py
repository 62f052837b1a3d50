"""Encrypted values of seeds: scripts hold a token for each, and the runner puts the sealed value in its place.

Only the service's keys can seal a value, and they are known when seeds are loaded, not when they are compiled.
"""

import hashlib
from collections.abc import Iterator, Mapping

from bdc.ir import (
    Assignment,
    Entity,
    EntityField,
    Expr,
    Literal,
    Path,
    ReferenceField,
    Root,
    Seed,
    SeedRow,
    SystemIR,
)
from bdc.query.sealing import row_key, sealed_fields
from bdc.source.records import dataclass
from bdc.surface.seed_keys import named_key
from bdc.surface.seed_keys import row_key as key_of


@dataclass(frozen=True, slots=True)
class SealedValue:
    """`text` is to be sealed for `context` (`table.column|tenant|key`) and written to `column`."""

    column: str
    context: str
    text: str

    @property
    def token(self) -> str:
        """What stands in the script; no text of a user is like it by accident."""
        digest = hashlib.sha256(f"{self.context}|{self.text}".encode()).hexdigest()
        return f"<<sealed {digest[:24]}>>"

    def document(self) -> dict[str, str]:
        return {"token": self.token, "context": self.context, "text": self.text}


def sealed_values(system: SystemIR, seed: Seed, row: SeedRow) -> Iterator[SealedValue]:
    """Yield the encrypted values of a row, defaults included."""
    entity = system.entity(row.entity)
    given: Mapping[str, Assignment] = {value.field: value for value in row.values}
    bound = f"{_tenant(system, seed, entity, given)}|{_key(system, seed, entity, row, given)}"
    for field in sealed_fields(entity):
        value = given[field.name].value if field.name in given else field.default
        if isinstance(value, Literal) and value.value is not None:
            yield SealedValue(field.column, f"{entity.table}.{field.column}|{bound}", str(value.value))


def _tenant(system: SystemIR, seed: Seed, entity: Entity, given: Mapping[str, Assignment]) -> str:
    if not entity.tenant or entity.tenant not in given:
        return ""
    return _text(system, seed, entity.field(entity.tenant), given[entity.tenant].value)


def _key(system: SystemIR, seed: Seed, entity: Entity, row: SeedRow, given: Mapping[str, Assignment]) -> str:
    key = row_key(entity)
    if key is None:
        return ""
    if key.name in given:
        return _text(system, seed, key, given[key.name].value)
    return str(key_of(system, seed.name, row))


def _text(system: SystemIR, seed: Seed, field: EntityField, value: Expr) -> str:
    if isinstance(value, Path) and value.root is Root.SCENARIO and isinstance(field, ReferenceField):
        elsewhere, _, name = (value.name or "").rpartition(".")
        return str(named_key(system, elsewhere or seed.name, name))
    return str(value.value) if isinstance(value, Literal) else ""
