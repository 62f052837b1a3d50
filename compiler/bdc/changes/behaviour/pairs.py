"""What is on both sides: entities with their tables, and whether expressions say the same."""

from collections.abc import Iterator

from bdc.changes.meaning.canonical import canonical, key
from bdc.changes.policy.earlier import earlier
from bdc.changes.same import same
from bdc.changes.sides import Renames, Sides
from bdc.ir import Entity, EntityField, Expr, ReferenceField, ScalarField, Table
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class EntityPair:
    """An entity on both sides, with its tables. `columns`: new name → old name of the columns that are on both sides."""

    old: Entity
    new: Entity
    old_table: Table
    new_table: Table
    columns: dict[str, str]

    @property
    def differs(self) -> bool:
        return not (same(self.old, self.new) and same(self.old_table, self.new_table))


def entity_pairs(sides: Sides) -> Iterator[EntityPair]:
    """Yield the entities that differ, in the order of the new side."""
    known = {entity.name: entity for entity in sides.old.entities}
    for new in sides.new.entities:
        old = known.get(sides.renames.entity(new.name))
        if old is None:
            continue
        tables = sides.old.table(old.table), sides.new.table(new.table)
        pair = EntityPair(old, new, *tables, _columns(sides.renames, old, new, tables))
        if pair.differs or sides.renames.entities or sides.renames.fields:
            yield pair


def field_pairs(sides: Sides, pair: EntityPair) -> Iterator[tuple[EntityField, EntityField]]:
    """Yield the fields that are on both sides, old and new."""
    known = {field.name: field for field in pair.old.fields}
    for new in pair.new.fields:
        old = known.get(sides.renames.field(pair.new.name, new.name))
        if old is not None:
            yield old, new


def _columns(renames: Renames, old: Entity, new: Entity, tables: tuple[Table, Table]) -> dict[str, str]:
    known = {column.name for column in tables[0].columns}
    found = {column.name: column.name for column in tables[1].columns if column.name in known}
    fields = {field.name: field for field in old.fields}
    for field in new.fields:
        was = fields.get(renames.field(new.name, field.name))
        found.update(zip(columns_of(field), columns_of(was), strict=False) if was is not None else ())
    return found


def columns_of(field: EntityField) -> tuple[str, ...]:
    """Return the columns of a field, the tenant's of a reference left out."""
    match field:
        case ReferenceField():
            return field.columns[1:] if len(field.columns) > 1 else field.columns
        case ScalarField():
            return (field.column,)
        case _:
            return ()


def same_expr(old: Expr | None, new: Expr | None, renames: Renames) -> bool:
    """Whether two expressions say the same, in whatever form and with whatever names."""
    if old is None or new is None:
        return old is new
    return same(old, new) or key(canonical(old)) == key(canonical(earlier(new, renames)))
