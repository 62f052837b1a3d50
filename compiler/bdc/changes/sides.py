"""Two systems side by side, and which names of the new one are those of the old."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Generic, Protocol, TypeVar

from bdc.changes.shapes import readable
from bdc.ir import Api, SystemIR
from bdc.source.records import dataclass

Item = TypeVar("Item")


class Named(Protocol):
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Renames:
    """New name → old name, for what the new side says has been renamed. Fields by (new entity, new field), values by (new enum,
    new value)."""

    entities: Mapping[str, str] = field(default_factory=dict)
    enums: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def entity(self, new: str) -> str:
        return self.entities.get(new, new)

    def enum(self, new: str) -> str:
        return self.enums.get(new, new)

    def field(self, entity: str, new: str) -> str:
        return self.fields.get((entity, new), new)

    def value(self, enum: str, new: str) -> str:
        return self.values.get((enum, new), new)

    def cause(self, owner: str, member: str = "") -> str:
        """Return the rename that a new entity or enum, or a member of it, has gone through: `Customer.name -> full_name`. Empty when
        it has gone through none."""
        was_owner = self.entities.get(owner) or self.enums.get(owner) or owner
        if not member:
            return "" if was_owner == owner else f"{was_owner} -> {owner}"
        was = self.fields.get((owner, member)) or self.values.get((owner, member)) or member
        return self.cause(owner) if was == member else f"{was_owner}.{was} -> {member}"


def renames_of(old: SystemIR, new: SystemIR) -> Renames:
    """Return what `@was` in the new system says about the old one. A name that the old side does not have, or that the new side
    still has, says nothing any more."""
    entities = _renamed((entity.name, entity.was) for entity in readable(new))
    enums = _renamed((enum.name, enum.was) for enum in new.enums)
    known = entities(_names(readable(old)), _names(readable(new)))
    known_enums = enums(_names(old.enums), _names(new.enums))
    return Renames(
        entities=known,
        enums=known_enums,
        fields=_fields(old, new, known),
        values=_values(old, new, known_enums),
    )


def _fields(old: SystemIR, new: SystemIR, entities: Mapping[str, str]) -> dict[tuple[str, str], str]:
    before = {entity.name: _names(entity.fields) for entity in readable(old)}
    found = {}
    for entity in readable(new):
        names = before.get(entities.get(entity.name, entity.name), set())
        renamed = _renamed((field.name, field.was) for field in entity.fields)
        for name, was in renamed(names, _names(entity.fields)).items():
            found[entity.name, name] = was
    return found


def _values(old: SystemIR, new: SystemIR, enums: Mapping[str, str]) -> dict[tuple[str, str], str]:
    before = {enum.name: _names(enum.values) for enum in old.enums}
    found = {}
    for enum in new.enums:
        names = before.get(enums.get(enum.name, enum.name), set())
        renamed = _renamed((value.name, value.was) for value in enum.values)
        for name, was in renamed(names, _names(enum.values)).items():
            found[enum.name, name] = was
    return found


def _names(things: Iterable[Named]) -> set[str]:
    return {thing.name for thing in things}


def _renamed(
    said: Iterable[tuple[str, tuple[str, ...]]],
) -> Callable[[set[str], set[str]], dict[str, str]]:
    """Return what finds, given the names of both sides, the old name of each that is new."""
    words = [(name, was) for name, was in said if was]

    def found(old: set[str], new: set[str]) -> dict[str, str]:
        gone = old - new
        pairs = ((name, next((each for each in was if each in gone), None)) for name, was in words)
        return {name: was for name, was in pairs if was is not None and name not in old}

    return found


@dataclass(frozen=True, slots=True)
class Sides:
    """What every comparison takes."""

    old: SystemIR
    new: SystemIR
    renames: Renames


@dataclass(frozen=True, slots=True)
class Matched(Generic[Item]):
    """Things of one kind: those on both sides, as pairs, and those on one."""

    both: tuple[tuple[Item, Item], ...]
    removed: tuple[Item, ...]
    added: tuple[Item, ...]


def match(
    old: Iterable[Item],
    new: Iterable[Item],
    key: Callable[[Item], object],
    key_before: Callable[[Item], object] | None = None,
) -> Matched[Item]:
    """Pair things by key. `key_before`: the key that a thing of the new side had on the old one."""
    left = {key(item): item for item in old}
    right = [(item, _before(item, left, key, key_before)) for item in new]
    taken = {before for _, before in right}
    return Matched(
        tuple((left[before], item) for item, before in right if before in left),
        tuple(item for name, item in left.items() if name not in taken),
        tuple(item for item, before in right if before not in left),
    )


def _before(
    item: Item,
    left: Mapping[object, Item],
    key: Callable[[Item], object],
    key_before: Callable[[Item], object] | None,
) -> object:
    """The key on the old side: the same where it stands there, else the one that it is said to have had."""
    own = key(item)
    return own if own in left or key_before is None else key_before(item)


def paired_apis(sides: Sides) -> tuple[tuple[Api, Api], ...]:
    """Pair apis by name and version; a single one of a name is the same api under another version, and one at the same path the same under
    another name."""
    found = match(sides.old.apis, sides.new.apis, lambda api: api.place)
    rest = match(found.removed, found.added, lambda api: api.place[0])
    renamed = match(rest.removed, rest.added, lambda api: api.path)
    return (*found.both, *rest.both, *renamed.both)


def is_split(system: SystemIR) -> bool:
    """Return whether apis have names of their own for what others offer too: each is then compared as if it were alone."""
    named = (each.called for api in system.apis for each in api.operations)
    return bool(system.projections) or any(named)
