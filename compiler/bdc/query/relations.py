"""How rows are joined: keys, references and collections as conditions between aliases."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import CollectionField, Entity, ReferenceField, ScalarField, SystemIR
from bdc.naming.references import key_member
from bdc.query.names import table_of
from bdc.query.scope import Names, Row
from bdc.query.trees import conjunction, equal
from bdc.source.records import dataclass
from bdc.surface.addresses import address


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One part of an entity's key: `member` as in JSON (`id`, `product_id`), the field and column behind it."""

    member: str
    field: str
    column: str


def key_parts(entity: Entity) -> tuple[KeyPart, ...]:
    """Return the key without the tenant, in declared order."""
    return tuple(_key_part(entity, name) for name in entity.key)


def address_parts(system: SystemIR, entity: Entity) -> tuple[KeyPart, ...]:
    """Return what names a row in paths: the key, or the field that the resource is by."""
    return tuple(_key_part(entity, name) for name in address(system, entity))


def _key_part(entity: Entity, name: str) -> KeyPart:
    match entity.field(name):
        case ReferenceField(column=column):
            return KeyPart(key_member(name), name, column)
        case ScalarField(column=column):
            return KeyPart(name, name, column)
    raise TypeError(f"{entity.name}.{name} cannot be part of a key")


def key_columns(entity: Entity) -> tuple[str, ...]:
    return tuple(part.column for part in key_parts(entity))


def led_by(system: SystemIR, entity: Entity, reference: ReferenceField) -> tuple[tuple[KeyPart, str], ...]:
    """Return what carries a reference of `entity`, each with the column of the target that it holds; the tenant is no part of it."""
    goals = dict(zip(reference.columns, reference.target_columns, strict=True))
    names = reference.carriers or (reference.name,)
    found = (_key_part(entity, name) for name in names)
    tenant = tenant_column(system, entity)
    return tuple((part, goals[part.column]) for part in found if part.column != tenant)


def tenant_column(system: SystemIR, entity: Entity) -> str | None:
    return system.table(entity.table).tenant_column


def deletion_column(entity: Entity) -> str | None:
    """Return the column that marks a row as deleted, None when rows are deleted for good."""
    if entity.soft_delete is None:
        return None
    found = entity.field(entity.soft_delete)
    assert isinstance(found, ScalarField)
    return found.column


def not_deleted(row: Row) -> Iterator[exp.Expression]:
    """Yield the condition that `row` is not soft-deleted; nothing when it cannot be."""
    if (column := deletion_column(row.entity)) is not None:
        yield exp.Is(this=row.column(column), expression=exp.Null())


def deleted(row: Row) -> Iterator[exp.Expression]:
    """Yield the condition that `row` is soft-deleted."""
    if (column := deletion_column(row.entity)) is not None:
        yield exp.Not(this=exp.Is(this=row.column(column), expression=exp.Null()))


def points_at(source: Row, reference: ReferenceField, target: Row) -> exp.Expression:
    """`source`'s reference leads to `target`: the whole composite key, tenant first."""
    pairs = zip(reference.columns, reference.target_columns, strict=True)
    return conjunction(equal(target.column(theirs), source.column(ours)) for ours, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Joined:
    """FROM items that lead to `row`, and the condition that ties them to where they start. `beyond`: whether the row only shows that a
    tree goes on behind the bound; `present`: what any other row must fulfil to count."""

    row: Row
    sources: tuple[exp.Expression, ...]
    conditions: tuple[exp.Expression, ...]
    beyond: exp.Expression | None = None
    present: tuple[exp.Expression, ...] = ()


def follow_reference(system: SystemIR, source: Row, reference: ReferenceField, names: Names) -> Joined:
    target = Row(system.entity(reference.target), names.fresh())
    return Joined(target, (table_of(target.entity, target.alias),), (points_at(source, reference, target),))


def follow_collection(system: SystemIR, source: Row, collection: CollectionField, names: Names) -> Joined:
    """Join the rows of a collection that are not deleted, through the join table when there is one."""
    target = Row(system.entity(collection.target), names.fresh())
    found = table_of(target.entity, target.alias)
    if collection.through is None:
        back = _reference(target.entity, collection.inverse)
        return Joined(target, (found,), (points_at(target, back, source), *not_deleted(target)))
    link = Row(system.entity(collection.through), names.fresh())
    near, far = _reference(link.entity, collection.inverse), _reference(link.entity, collection.far or "")
    return Joined(
        target,
        (table_of(link.entity, link.alias), found),
        (
            points_at(link, near, source),
            *not_deleted(link),
            points_at(link, far, target),
            *not_deleted(target),
        ),
    )


def _reference(entity: Entity, name: str) -> ReferenceField:
    found = entity.field(name)
    if not isinstance(found, ReferenceField):
        raise TypeError(f"{entity.name}.{name} is not a reference")
    return found
