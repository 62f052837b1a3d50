"""Which entities, enums and structs a client may see a change of: those that differ, and those made of such."""

from collections.abc import Iterator, Sequence

from bdc.changes.same import same
from bdc.changes.shapes import readable
from bdc.changes.sides import Sides
from bdc.ir import (
    ArrayType,
    Entity,
    EnumDecl,
    ReferenceField,
    ScalarField,
    ScalarType,
    StructDecl,
    SystemIR,
    Type,
)

_KEY = ".key"  # behind the name of an entity: what others write to refer to it


def dirty_names(sides: Sides) -> frozenset[str]:
    """Return the names, on either side. A name that is not among them stands for the same to every client."""
    old, new = sides.old, sides.new
    found = {
        *_differing(old.enums, new.enums),
        *_differing(old.structs, new.structs),
        *_differing(readable(old), readable(new)),
        *_behind(sides),
        *_views(sides),
        *sides.renames.entities,
        *sides.renames.entities.values(),
    }
    uses: dict[str, set[str]] = {}
    for name, used in (*_uses(old), *_uses(new)):
        uses.setdefault(name, set()).update(used)
    while more := {name for name, used in uses.items() if name not in found and not used.isdisjoint(found)}:
        found |= more
    return frozenset(found)


def type_name(logical: Type | None) -> str:
    """Return the name inside a type, empty when it has none of its own."""
    while isinstance(logical, ArrayType):
        logical = logical.item
    return "" if logical is None or isinstance(logical, ScalarType) else logical.name


def _differing(
    old: Sequence[Entity | EnumDecl | StructDecl], new: Sequence[Entity | EnumDecl | StructDecl]
) -> Iterator[str]:
    before = {each.name: each for each in old}
    after = {each.name: each for each in new}
    yield from before.keys() ^ after.keys()
    for name, each in after.items():
        was = before.get(name)
        if was is None or same(was, each):
            continue
        yield name
        if isinstance(each, Entity) and isinstance(was, Entity) and not _same_key(was, each):
            yield name + _KEY


def _same_key(old: Entity, new: Entity) -> bool:
    """Whether all that a reference may lead to has the type that it had: the key, or what else is unique."""
    before, after = _types(old), _types(new)
    return old.key == new.key and all(same(logical, after.get(name)) for name, logical in before.items())


def _types(entity: Entity) -> dict[str, Type]:
    return {field.name: field.type for field in entity.fields if isinstance(field, ScalarField)}


def _behind(sides: Sides) -> Iterator[str]:
    """Entities with other rules of fields, or other bounds: what is said of a member elsewhere."""
    known = {entity.name for entity in readable(sides.old)}
    for entity in readable(sides.new):
        if entity.name not in known:
            continue
        before, after = sides.old.policy(entity.name), sides.new.policy(entity.name)
        rules = (before.fields if before else ()), (after.fields if after else ())
        checks = (each.table_of(entity.name).checks for each in (sides.old, sides.new))
        if not same(*rules) or not same(*checks):
            yield entity.name


def _views(sides: Sides) -> Iterator[str]:
    """Views that show other rows, or other values."""
    before = {view.entity.name: view for view in sides.old.views}
    yield from (view.entity.name for view in sides.new.views if not same(before.get(view.entity.name), view))


def _uses(system: SystemIR) -> Iterator[tuple[str, set[str]]]:
    """Yield what each declaration is made of."""
    for struct in system.structs:
        yield struct.name, {type_name(field.type) for field in struct.fields} - {""}
    for entity in readable(system):
        used, key = set(), set()
        for field in entity.fields:
            if isinstance(field, ReferenceField):
                used.add(field.target + _KEY)
                key |= {field.target + _KEY} if field.name in entity.key else set()
            elif field.kind != "collection":
                used.add(type_name(field.type))
        yield entity.name, used - {""}
        yield entity.name + _KEY, key
