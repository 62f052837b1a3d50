"""Robots of a random system: callers of a second identity, in some systems, with rules of their own for each thing."""

from collections.abc import Iterator
from random import Random

from tests.long.conditions import Thing


class Robots:
    """Writes what a system has of them; nothing where it has none. `built`: the things that know the robot that made them."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.there = chance.random() < 0.35
        self.keys = self.there and chance.random() < 0.5
        self.built: list[Thing] = []

    @property
    def auth(self) -> str:
        return "bearer, api_key" if self.there else "bearer"

    def uses(self) -> Iterator[str]:
        if self.keys:
            yield "use std.keys { ApiKey, NewApiKey }"

    def entity(self, mixins: str) -> Iterator[str]:
        if self.there:
            yield f"entity Robot{mixins} {{ id: uuid = uuid7() @id  name: string(1..40)  level: int  active: bool }}"

    def resource(self) -> Iterator[str]:
        """Yield a path of a robot's own row, and keys that callers make for robots, in some systems."""
        if self.there and self.chance.random() < 0.7:
            yield '  resource Robot at "/robot" @single { ops get }'
        if self.keys:
            yield "  resource Robot {\n    ops list"
            yield "    op make_key(name: string(1..40), days: int(1..90)?) -> NewApiKey @api_key(make, drone)"
            yield "    op keys() -> ApiKey[] @api_key(list)\n    op drop_key(prefix: string(1..80)) @api_key(revoke)\n  }"

    def field(self, thing: Thing) -> Iterator[str]:
        """Yield a reference to the robot that made a row."""
        if self.there and self.chance.random() < 0.6:
            self.built.append(thing)
            default = " = actor" if self.chance.random() < 0.7 else ""
            yield f"  robot: Robot?{default} @on_delete(set_null)"

    def identity(self, tenanted: bool) -> Iterator[str]:
        if not self.there:
            return
        roles = ["robot", "drone", *(f"built_{thing.name.lower()}" for thing in self.built)]
        yield f'identity Robot {{\n  api_key header("x-robot-key")\n  roles {", ".join(roles)}'
        if self.chance.random() < 0.5:
            yield "  active when active"
        if tenanted:
            yield '  claim house: uuid = "house"'
        yield "}\nrole robot\nrole drone extends robot"
        for thing in self.built:
            yield f"role built_{thing.name.lower()} on {thing.name} when robot == actor"
        scope = "scope house == actor.house  " if tenanted else ""
        made = "allow make_key, keys, drop_key to guest" if self.keys else ""
        yield f"policy Robot {{ {scope}\n  allow read to guest\n  {made}\n  allow read to robot{self._when(('id == actor', 'active'))}\n}}"

    def rules(self, thing: Thing) -> Iterator[str]:
        """Yield rules of a thing for robots."""
        if not self.there:
            return
        conditions = ["size > actor.level", "actor.active", "active", "actor.level > 2 and active"]
        roles = ["robot", "robot", "drone"]
        if thing in self.built:
            conditions += ["robot == actor", "robot != actor.id"]
            roles.append(f"built_{thing.name.lower()}")
        for action in ("read", "read", "create", "update", "delete"):
            if self.chance.random() < 0.6:
                yield f"  allow {action} to {self.chance.choice(roles)}{self._when(conditions)}"
        if self.chance.random() < 0.3:
            yield f"  deny delete to {self.chance.choice(roles)}{self._when(conditions)}"

    def _when(self, conditions: list[str] | tuple[str, ...]) -> str:
        return f" when {self.chance.choice(conditions)}" if self.chance.random() < 0.6 else ""
