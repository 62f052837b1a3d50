"""Random specifications with structs, lists of enums, embedded structs and numbered keys; changes of them with what they say; rows; and what
rows are to be afterwards, told by what was edited and not by what the compiler understood."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

SCALARS = ("int", "text", "bool", "decimal(9, 2)", "E", "E[]", "int[]")
DEFAULTS = {"int": "4", "text": '"new"', "bool": "true", "decimal(9, 2)": "2.50"}
_TARGETS = "".join(f"entity {name} {{ id: int @id }}\n" for name in "ABC")
STORED = {"int": 4, "text": "new", "bool": True, "decimal(9, 2)": "2.50"}


@dataclass
class Member:
    """`was`: its name before; None: it was not there."""

    name: str
    type: str
    optional: bool = False
    default: bool = False
    was: str | None = None

    def text(self) -> str:
        said = f" = {DEFAULTS[self.type]}" if self.default else ""
        was = f" @was({self.was})" if self.was not in (None, self.name) else ""
        return f"{self.name}: {self.type}{'?' if self.optional else ''}{said}{was}"


@dataclass
class World:
    """`labels`: (value, what it was called). `gone`: members that were dropped, by struct, and values with what takes their place."""

    structs: dict[str, list[Member]]
    labels: list[tuple[str, str | None]]
    fields: dict[str, str]
    key: str = "int"
    gone: dict[str, list[str]] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    arms: tuple[str, ...] = ("A", "B")
    choice: str = "x"
    unsaid: bool = False
    names: int = 0

    def fresh(self) -> str:
        self.names += 1
        return f"m{self.names}"

    def text(self) -> str:
        structs = "".join(
            f"struct {name} {{ {'  '.join([each.text() for each in members] + self._dropped(name))} }}\n"
            for name, members in self.structs.items()
        )
        values = [label if was in (None, label) else f"{label} @was({was})" for label, was in self.labels]
        values += [f"dropped {old} @backfill({new})" for old, new in self.replaced.items()]
        fields = "\n".join(f"  {name}: {kind}" for name, kind in self.fields.items())
        was = "" if self.choice == "x" else " @was(x)"
        fields += f"\n  {self.choice}: {' | '.join(self.arms)}{was}"
        key = f"  id: {self.key} @identity(by_default) @id"
        return f"enum E {{\n{chr(10).join(values)}\n}}\n{structs}{_TARGETS}entity T {{\n{key}\n{fields}\n}}\n"

    def _dropped(self, struct: str) -> list[str]:
        return [f"dropped {name}" for name in self.gone.get(struct, ())]


def random_world(chance: Random) -> World:
    world = World({}, [(f"v{number}", None) for number in range(chance.randint(2, 4))], {})
    inner = [_member(world, chance) for _ in range(chance.randint(1, 3))]
    outer = [_member(world, chance) for _ in range(chance.randint(1, 3))]
    outer.append(Member(world.fresh(), chance.choice(("I", "I[]")), optional=False))
    outer.append(Member(world.fresh(), "I", optional=True))
    world.structs = {"I": inner, "S": outer}
    world.fields = {"s": chance.choice(("S", "S[]", "S?")), "es": "E[]", "e": "E", "part": "I @embed"}
    return world


def _member(world: World, chance: Random) -> Member:
    return Member(world.fresh(), chance.choice(SCALARS), optional=chance.random() < 0.3)


def changed(world: World, chance: Random) -> World:
    """Return the world after one to four edits, each with its words."""
    after = deepcopy(world)
    for members in after.structs.values():
        for each in members:
            each.was, each.default = each.name, False
    after.labels = [(label, label) for label, _ in after.labels]
    for _ in range(chance.randint(1, 4)):
        chance.choice(_EDITS)(after, chance)
    return after


def _added(world: World, chance: Random) -> None:
    kind = chance.choice(sorted(DEFAULTS))
    optional = chance.random() < 0.4
    members = world.structs[chance.choice("IS")]
    members.append(Member(world.fresh(), kind, optional=optional, default=not optional))


def _unfilled(world: World, chance: Random) -> None:
    if chance.random() < 0.3:
        world.structs["S"].append(Member(world.fresh(), "int"))
        world.unsaid = True


def _renamed(world: World, chance: Random) -> None:
    there = [each for members in world.structs.values() for each in members if each.was == each.name]
    if there:
        chance.choice(there).name = world.fresh()


def _dropped(world: World, chance: Random) -> None:
    struct = chance.choice("IS")
    members = world.structs[struct]
    there = [each for each in members if each.was is not None and each.type[0] != "I"]
    if there and len([each for each in members if each.was is not None]) > 1:
        taken = chance.choice(there)
        members.remove(taken)
        world.gone.setdefault(struct, []).append(str(taken.was))


def _label_added(world: World, chance: Random) -> None:
    world.labels.append((world.fresh(), None))


def _label_renamed(world: World, chance: Random) -> None:
    place = chance.randrange(len(world.labels))
    label, was = world.labels[place]
    if was == label and label not in world.replaced.values():
        world.labels[place] = (world.fresh(), was)


def _label_dropped(world: World, chance: Random) -> None:
    kept = [label for label, was in world.labels if was == label]
    if len(kept) > 1:
        gone, other = kept[:2]
        if gone not in world.replaced.values():
            world.labels = [each for each in world.labels if each[0] != gone]
            world.replaced[gone] = other


def _choice_grows(world: World, chance: Random) -> None:
    world.arms = ("A", "B", "C")


def _choice_renamed(world: World, chance: Random) -> None:
    world.choice = "y"


def _wider(world: World, chance: Random) -> None:
    world.key = "bigint"


_EDITS = (
    _added,
    _unfilled,
    _renamed,
    _dropped,
    _label_added,
    _label_renamed,
    _label_dropped,
    _wider,
    _choice_grows,
    _choice_renamed,
)


def row(world: World, chance: Random) -> dict[str, Any]:
    """Return a row of the table, as JSON, without its key."""
    found: dict[str, Any] = {}
    for name, kind in world.fields.items():
        if kind.endswith("@embed"):
            found |= {
                f"{name}_{each.name}": _value(world, each.type, each.optional, chance)
                for each in world.structs["I"]
            }
        else:
            found[name] = _value(world, kind.rstrip("?"), kind.endswith("?"), chance)
    taken = chance.choice(world.arms)
    return found | {_arm(world, each): 1 if each == taken else None for each in world.arms}


def _arm(world: World, entity: str) -> str:
    return f"{world.choice}_{entity.lower()}_id"


def _value(world: World, kind: str, optional: bool, chance: Random) -> Any:
    if optional and chance.random() < 0.4:
        return None
    if kind.endswith("[]"):
        return [_value(world, kind[:-2], False, chance) for _ in range(chance.randint(0, 3))]
    if kind in world.structs:
        return {each.name: _value(world, each.type, each.optional, chance) for each in world.structs[kind]}
    if kind == "E":
        return chance.choice(world.labels)[0]
    return {
        "int": chance.randint(0, 99),
        "text": f"t{chance.randint(0, 9)}",
        "bool": chance.random() < 0.5,
    }.get(kind, f"{chance.randint(1, 99)}.25")


def follow(after: World, before: dict[str, Any]) -> dict[str, Any]:
    """Return what a row is to be after the change."""
    found: dict[str, Any] = {}
    for name, kind in after.fields.items():
        if kind.endswith("@embed"):
            old = {key.removeprefix(f"{name}_"): value for key, value in before.items()}
            found |= {f"{name}_{key}": value for key, value in _followed(after, "I", old).items()}
        else:
            found[name] = _followed(after, kind.rstrip("?"), before[name])
    return found | {_arm(after, each): before.get(f"x_{each.lower()}_id") for each in after.arms}


def _followed(after: World, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind.endswith("[]"):
        return [_followed(after, kind[:-2], each) for each in value]
    if kind in after.structs:
        return dict(_members(after, kind, value))
    if kind == "E":
        labels = {was: label for label, was in after.labels if was is not None}
        value = after.replaced.get(value, value)
        return labels.get(value, value)
    return value


def _members(after: World, struct: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for each in after.structs[struct]:
        if each.was is not None:
            yield each.name, _followed(after, each.type, value[each.was])
        else:
            yield each.name, None if each.optional else STORED[each.type]
