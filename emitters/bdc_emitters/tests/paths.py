"""Paths of rows that stand under other rows."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from bdc.ir import Entity, SystemIR
from bdc.query.relations import address_parts
from bdc.surface.addresses import Around, around, around_fields
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.rows import WorldRow


def rows_around(world: Fixture, entity: Entity, row: WorldRow) -> Iterator[tuple[Around, WorldRow]]:
    """Yield the rows that a row stands under, the nearest first, as far as they are known."""
    for parent in around(world.system, entity):
        above = world.rows.get(row.references.get(parent.reference.name) or "")
        if above is None:
            return
        yield parent, above
        row = above


def around_values(world: Fixture, entity: Entity, row: WorldRow) -> dict[str, Any]:
    """Return what names the rows that a row stands under in paths."""
    found: dict[str, Any] = {}
    for parent, above in rows_around(world, entity, row):
        columns = world.columns(above)
        parts = address_parts(world.system, parent.entity)
        own = {name: columns.get(part.column) for name, part in zip(parent.names, parts, strict=True)}
        found = own | found
    return found


def has_own_path(system: SystemIR, entity: Entity) -> bool:
    """Return whether a projection stands under other rows than the entity that it projects, so that its paths take other values."""
    if entity.projects is None:
        return False
    both = (around_fields(system, each) for each in (entity, system.entity(entity.projects)))
    own, stored = ([(name, owner.stored, field.name) for name, owner, field in each] for each in both)
    return own != stored


def filled(path: str, values: dict[str, Any]) -> str:
    """Return the path with these values in the place of its parameters."""
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value)
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
    return path
