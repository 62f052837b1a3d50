"""Random small systems: valid specifications whose policies say something different each time.

A system has a house or none (with one, all rows belong to it), people who call, two to four things that refer to each other, and
for each thing a policy of random rules: roles by claim and by relation, conditions, denials, rights that follow a reference, rules
of fields, soft deletion, machines. Every second one has an older version of its api beside it, which offers less and shows less. In every third
one robots call too: a second identity.
"""

from collections.abc import Iterator
from random import Random

from tests.long.conditions import MOODS, STATES, Conditions, Thing
from tests.long.robots import Robots

ROLES = ("guest", "staff", "chief")
OPERATIONS = ("launch", "finish")


def random_system(seed: int) -> str:
    """Return the text of one specification file; the same seed gives the same text."""
    return "\n".join(_System(seed).lines())


class _System:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = Random(seed)
        self.beside = Random(-seed - 1)  # what came later, so that seeds go on giving the same policies
        self.schemas = Random(-seed - 2)  # and what came after that
        self.older = self.beside.random() < 0.5
        self.robots = Robots(Random(-seed - 2_000_003))
        self.tenanted = self.chance.random() < 0.7
        self.claims = tuple(name for name in ("level", "team") if self.chance.random() < 0.4)
        self.conditions = Conditions(self.chance)
        self.things: list[Thing] = []
        for number in range(self.chance.randint(2, 4)):
            self.things.append(self._thing(f"Thing{number}"))

    def _maybe(self, likely: float) -> bool:
        return self.chance.random() < likely

    def _thing(self, name: str) -> Thing:
        thing = Thing(name, self.tenanted, self._maybe(0.3), self._maybe(0.3), self._maybe(0.35))
        thing.tree = self._maybe(0.4)
        if self._maybe(0.7):
            thing.owner = self._maybe(0.5)
        if self.things and self._maybe(0.75):
            parent = self.chance.choice(self.things)
            thing.parent = (parent, self._maybe(0.4))
            parent.children.append(thing)
        return thing

    def lines(self) -> Iterator[str]:
        yield from ("bds 1", f"module world{self.seed}", "", "use std.mixins { SoftDelete }", "")
        yield from self.robots.uses()
        yield from self._base()
        for thing in self.things:
            yield from self._entity(thing)
        yield from self._identity()
        yield from self.robots.identity(self.tenanted)
        yield from self._people()
        for thing in self.things:
            yield from self._policy(thing)
        yield from self._api()

    def _base(self) -> Iterator[str]:
        if self.tenanted:
            yield "entity House @tenant_root { id: uuid = uuid7() @id  name: string(1..80) }"
            yield "mixin Held { house: House @tenant @immutable }"
        yield f"enum Mood {{ {', '.join(MOODS)} }}"
        yield f"enum Phase {{ {', '.join(STATES)} }}"
        yield from self.robots.entity(self._with())
        yield f"entity Person{self._with()} {{"
        yield "  id: uuid = uuid7() @id\n  name: string(1..80)\n  level: int\n  active: bool\n  team: string(1..20)\n}"

    def _with(self, *more: str) -> str:
        mixins = (*(("Held",) if self.tenanted else ()), *more)
        return f" with {', '.join(mixins)}" if mixins else ""

    def _entity(self, thing: Thing) -> Iterator[str]:
        marks = " @versioned" if thing.versioned else ""
        yield f"entity {thing.name}{self._with(*(['SoftDelete'] if thing.soft_delete else []))}{marks} {{"
        yield "  id: uuid = uuid7() @id\n  label: string(1..40)\n  size: int\n  active: bool\n  mood: Mood"
        since = " @since(v1)" if self.older and self.beside.random() < 0.5 else ""
        yield f"  extra: int?{since}\n  secret: string(..40)?\n  hint: int?"
        if thing.machine:
            yield "  status: Phase = fresh"
        if thing.owner is not None:
            yield f"  owner: Person{'? @on_delete(set_null)' if thing.owner else ' @on_delete(restrict)'}"
        if thing.parent:
            other, nullable = thing.parent
            yield f"  parent: {other.name}{'? @on_delete(set_null)' if nullable else ' @on_delete(cascade)'}"
        yield from self.robots.field(thing)
        if thing.tree:
            yield f"  above: {thing.name}? @on_delete(set_null)"
        for child in thing.children:
            yield f"  {child.name.lower()}s: {child.name}[] @inverse(parent)"
        if thing.children:
            yield f"  tally: int @computed(count({thing.children[0].name.lower()}s))"
        if thing.owner is not None and self._maybe(0.4):
            yield f"  mine: bool? @computed(owner == actor or actor.level > {self.chance.randrange(5)})"
        yield "}"
        if thing.machine:
            yield f"machine {thing.name}.status {{ fresh -> started by launch  fresh, started -> ended by finish }}"

    def _identity(self) -> Iterator[str]:
        yield 'identity Person {\n  bearer jwt { issuer: env("JWT_ISSUER")  audience: "world"  jwks: env("JWKS_URL") }'
        yield '  claim id: uuid = "sub"'
        if self.tenanted:
            yield '  claim house: uuid = "house"'
        yield '  claim roles: string[] = "roles"'
        types = {"level": "int", "team": "string"}
        for name in self.claims:
            yield f'  claim {name}: {types[name]}{"?" if self._maybe(0.5) else ""} = "{name}"'
        yield "}\nrole guest\nrole staff extends guest\nrole chief extends staff"
        for thing in self.things:
            for role in thing.roles:
                condition = self.conditions.about(thing, 1)
                if thing.owner is not None and self._maybe(0.6):
                    condition = "owner == actor"
                elif not thing.tenanted:
                    condition = f"owner == actor and ({condition})"
                yield f"role {role} on {thing.name} when {condition}"

    def _people(self) -> Iterator[str]:
        """People are read by most roles, in most systems; in some by no role, and then callers may only refer to them."""
        scope = "scope house == actor.house  " if self.tenanted else ""
        action = "read" if self._maybe(0.8) else "refer"
        readers = "guest" if self.tenanted else self.chance.choice(("guest", "anonymous, guest"))
        yield f"policy Person {{ {scope}\n  allow {action} to {readers}\n}}"

    def _policy(self, thing: Thing) -> Iterator[str]:
        yield f"policy {thing.name} {{"
        if self.tenanted:
            narrower = f" and ({self.conditions.about(thing, 0)})" if self._maybe(0.15) else ""
            narrower = "" if self.robots.there else narrower  # a scope is for callers of both identities
            yield f"  scope house == actor.house{narrower}"
        for action in ("read", "create", "update", "delete", *(OPERATIONS if thing.machine else ())):
            for _ in range(self.chance.choice((1, 1, 2))):
                yield f"  {self._allow(thing, action)}"
        yield from self.robots.rules(thing)
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            yield f"  {self._deny(thing)}"
        for name, mask in (("secret", '"***"'), ("hint", "7")):
            if self._maybe(0.4):
                yield f"  {self._field_rule(thing, name, mask)}"
                thing.guarded = (*thing.guarded, name)
        yield "}"

    def _allow(self, thing: Thing, action: str) -> str:
        if thing.parent and self._maybe(0.3):
            via = "" if action == "read" else self.chance.choice((".read", ".update", ".delete"))
            return f"allow {action} via parent{via}{self._when(thing, action, 0.4)}"
        roles = self._roles(thing, anonymous=not self.tenanted and action == "read")
        return f"allow {action} to {roles}{self._when(thing, action, 0.65)}"

    def _deny(self, thing: Thing) -> str:
        own = OPERATIONS if thing.machine else ()
        action = self.chance.choice(("read", "update", "delete", "create", *own))
        return f'deny {action} to {self._roles(thing)}{self._when(thing, action, 0.9)} because "No."'

    def _roles(self, thing: Thing, *, anonymous: bool = False) -> str:
        offered = [*ROLES, *thing.roles, *thing.roles, *(["anonymous"] if anonymous else [])]
        found = dict.fromkeys(self.chance.choice(offered) for _ in range(self.chance.randint(1, 2)))
        return ", ".join(found)

    def _when(self, thing: Thing, action: str, likely: float) -> str:
        if not self._maybe(likely):
            return ""
        prefix = self.chance.choice(("", "old.", "new.")) if action == "update" else ""
        return f" when {self.conditions.about(thing, 2 if prefix == '' else 0, prefix)}"

    def _field_rule(self, thing: Thing, name: str, mask: str) -> str:
        read = f"read to {self._roles(thing)}{self._when(thing, 'read', 0.4)}  " if self._maybe(0.8) else ""
        write = (
            f"write to {self._roles(thing)}{self._when(thing, 'read', 0.4)}  "
            if self._maybe(0.6) or not read
            else ""
        )
        shown = f"else mask({mask}) " if read and self._maybe(0.5) else ""
        return f"field {name} {{ {read}{write}{shown}}}"

    def _api(self) -> Iterator[str]:
        yield f'api World v1 at "/v1" {{\n  auth {self.robots.auth}\n  graphql at "/graphql"'
        for thing in self.things:
            yield f'  resource {thing.name} at "/{thing.name.lower()}" {{\n    ops list, get, create, update, delete'
            if thing.machine:
                yield from (f"    op {name}() -> {thing.name}" for name in OPERATIONS)
            yield "  }"
        yield from self.robots.resource()
        yield "}"
        if self.older:
            yield from self._older()

    def _older(self) -> Iterator[str]:
        """An api of another version that offers less of the same rows."""
        yield f'api World v0 at "/v0" {{\n  auth {self.robots.auth}'
        if self.schemas.random() < 0.6:
            yield '  graphql at "/v0/graphql"'
        for thing in self.things:
            if self.beside.random() < 0.7:
                ops = [each for each in ("create", "update", "delete") if self.beside.random() < 0.6]
                own = [f"op {name}() -> {thing.name}" for name in OPERATIONS if thing.machine]
                own = own if self.schemas.random() < 0.5 else []
                yield f"  resource {thing.name} {{ ops {', '.join(['list', 'get', *ops])}  {'  '.join(own)} }}"
        yield "}"
