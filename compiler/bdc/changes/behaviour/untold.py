"""Differences that no other module reports, so that every difference of two specifications is reported."""

import re
from collections.abc import Iterator, Sequence

from bdc.changes.behaviour.differences import Leaf, differences
from bdc.changes.behaviour.parts import TOLD_PARTS, is_stored
from bdc.changes.change import Change
from bdc.changes.same import same
from bdc.changes.sides import Sides
from bdc.ir import CollectionField, ComputedField, EnumValue, Node, Origin, SystemIR
from bdc.naming.references import key_member
from bdc.source.records import dataclass

_WORD = re.compile(r"\w+")
_WHOLE = {
    "policies",
    "roles",
    "machines",
    "sql_blocks",
    "load",
    "seeds",
    "scenarios",
    "dropped",
    "doc",
    "title",
    "ir_version",
}

_NAMED = {
    "Entity.table",
    "Table.name",
    "Table.indexes",
    "IndexKey.column",
    "Index.name",
    "PrimaryKey.name",
    "UniqueKey.name",
    "ForeignKey.name",
}


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A named thing on both sides; `part` is the member of the system that it stands in."""

    part: str
    name: str
    old: Node
    new: Node
    origin: Origin | None


def untold_changes(sides: Sides, told: Sequence[Change]) -> Iterator[Change]:
    """Yield what differs beside `told`."""
    words = {
        word for change in told for word in _WORD.findall(f"{change.place} {change.message} {change.cause}")
    }
    for declaration in _declarations(sides):
        leaves = tuple(differences(declaration.old, declaration.new, sides.renames))
        stored = [
            leaf for leaf in leaves if is_stored(leaf.kind) and not _is_renamed(sides, declaration, leaf)
        ]
        yield from _stored(declaration, stored)
        yield from _other(declaration, [leaf for leaf in leaves if not _is_kept(leaf)], words)
    if sides.old.name != sides.new.name:
        message = f"the system is called {sides.new.name} instead of {sides.old.name}: roles of the database and metrics have other names"
        yield Change("behaviour.other-changed", "system name", message)
    yield from _one_sided(sides, words)


def _declarations(sides: Sides) -> Iterator[_Declaration]:
    for part in SystemIR.model_fields:
        if part in _WHOLE:
            continue
        old, new = getattr(sides.old, part), getattr(sides.new, part)
        if part == "identity" and old is not None and new is not None:
            yield _Declaration(part, "identity", old, new, new.origin)
        if not isinstance(new, tuple):
            continue
        before = {_name(item): item for item in old}
        for item in new:
            was = before.get(_earlier(sides, part, _name(item)))
            if was is not None and not same(was, item):
                name = item.entity if part == "tables" else _name(item)
                yield _Declaration(part, name, was, item, getattr(item, "origin", None))


def _name(item: Node) -> str:
    entity = getattr(item, "entity", None)
    return str(getattr(item, "name", "") or getattr(entity, "name", ""))


def _earlier(sides: Sides, part: str, name: str) -> str:
    if part == "tables":
        tables = {entity.table: entity.name for entity in sides.new.entities}
        was = sides.renames.entity(tables.get(name, ""))
        return next((entity.table for entity in sides.old.entities if entity.name == was), name)
    return sides.renames.enum(name) if part == "enums" else sides.renames.entity(name)


def _is_kept(leaf: Leaf) -> bool:
    """Whether a difference is about storage. What the order of the values of an enum means to lists is told there."""
    return is_stored(leaf.kind) or (leaf.kind == "EnumDecl.values" and leaf.path[-1] == "order")


def _is_renamed(sides: Sides, declaration: _Declaration, leaf: Leaf) -> bool:
    """Whether a name in the database follows from a rename, which is told."""
    renames = sides.renames
    fields = any(entity == declaration.name for entity, _ in renames.fields)
    return leaf.kind in _NAMED and bool(fields or renames.entities)


def _stored(declaration: _Declaration, leaves: list[Leaf]) -> Iterator[Change]:
    if leaves:
        parts = ", ".join(dict.fromkeys(_spelled(leaf) for leaf in leaves))
        message = f"{declaration.name} is stored otherwise: {parts}"
        content = repr([(leaf.path, leaf.new) for leaf in leaves])
        yield Change(
            "behaviour.storage-changed", declaration.name, message, origin=declaration.origin, content=content
        )


def _other(declaration: _Declaration, leaves: list[Leaf], words: set[str]) -> Iterator[Change]:
    """Leave out what is named somewhere: by its own name, or, where it has none, by that of the declaration."""
    for leaf in leaves:
        if declaration.part in TOLD_PARTS or _is_told(declaration, leaf, words):
            continue
        place = f"{declaration.name} {_spelled(leaf)}"
        if leaf.old is None and _is_optional(leaf.new):
            message = f"`{_spelled(leaf)}` of {declaration.name} is new, and no write has to give it"
            yield Change("behaviour.declaration-added", place, message, origin=declaration.origin)
            continue
        was, now = _value(leaf.old), _value(leaf.new)
        message = f"`{_spelled(leaf)}` of {declaration.name} is {now} instead of {was}"
        yield Change("behaviour.other-changed", place, message, origin=declaration.origin)


def _is_optional(member: object) -> bool:
    """Whether writers need not know a new member of an entity or struct, or a new enum value."""
    if isinstance(member, EnumValue | CollectionField | ComputedField):
        return True
    return bool(getattr(member, "nullable", False)) or getattr(member, "default", None) is not None


def _is_told(declaration: _Declaration, leaf: Leaf, words: set[str]) -> bool:
    named = [step for step in leaf.path if not step.isdigit()]
    owners = [step for step in named if step in words or key_member(step) in words]
    return bool(owners) or (declaration.name in words and len(named) == 1)


def _spelled(leaf: Leaf) -> str:
    return ".".join(leaf.path)


def _value(value: object) -> str:
    if value is None or isinstance(value, bool | int | float | str):
        return f"`{str(value).lower() if value is None or isinstance(value, bool) else value}`"
    return "another" if value else "nothing"


def _one_sided(sides: Sides, words: set[str]) -> Iterator[Change]:
    """Entities, enums, structs and the rest that only one side has, and that no api, event or policy shows."""
    for part in ("entities", "views", "enums", "structs", "domains", "errors"):
        old = {_name(item): item for item in getattr(sides.old, part)}
        new = {_earlier(sides, part, _name(item)): item for item in getattr(sides.new, part)}
        for name in old.keys() - new.keys() - words:
            message = f"{name} is gone"
            yield Change("behaviour.other-changed", name, message)
        for name in new.keys() - old.keys() - words:
            message = f"{_name(new[name])} is new"
            origin = getattr(new[name], "origin", None)
            yield Change("behaviour.declaration-added", _name(new[name]), message, origin=origin)
