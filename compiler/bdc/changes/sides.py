"""Two systems side by side, and which names of the new one are those of the old."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bdc.ir import SystemIR

Item = TypeVar("Item")


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
