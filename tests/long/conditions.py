"""Random conditions over a row of a random system: typed, guarded where something may be null, and as text."""

from dataclasses import dataclass, field
from random import Random

MOODS = ("calm", "wild", "lost")
STATES = ("fresh", "started", "ended")


@dataclass
class Thing:
    """An entity of a random system. `owner` and `parent` are references: None when it has none, else whether it may be null. `tree`: its
    rows may lie below each other."""

    name: str
    tenanted: bool
    soft_delete: bool = False
    versioned: bool = False
    machine: bool = False
    tree: bool = False
    owner: bool | None = None
    parent: "tuple[Thing, bool] | None" = None
    children: "list[Thing]" = field(default_factory=list)
    guarded: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that are held on its rows. Without a house they must be about the caller: nobody holds them unknown."""
        held = self.owner is not None or (self.tenanted and self.parent is not None)
        return (f"near_{self.name.lower()}",) if held else ()


class Conditions:
    """Draws conditions."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._bindings = 0

    def about(self, thing: Thing, depth: int = 2, prefix: str = "", *, aggregates: bool = True) -> str:
        """Return a condition over a row of `thing`, reached by `prefix` (`""`, `"old."`, `"k1."`)."""
        kinds = [self._plain] * 3
        if depth > 0:
            kinds += [self._junction, self._negation]
            if thing.parent:
                kinds += [self._parent] * 2
            if thing.children and aggregates:
                kinds += [self._collection] * 2
            if thing.tree and aggregates:
                kinds += [self._tree] * 2
        if thing.owner is not None:
            kinds += [self._owner] * 2
        return self._chance.choice(kinds)(thing, depth, prefix)

    def _plain(self, thing: Thing, depth: int, prefix: str) -> str:
        number = self._chance.randrange(5)
        options = [
            f"{prefix}size {self._comparison()} {number}",
            f"{prefix}active",
            f"not {prefix}active",
            f"{prefix}mood {self._chance.choice(('==', '!='))} {self._chance.choice(MOODS)}",
            f"{prefix}mood in [{', '.join(self._chance.sample(MOODS, 2))}]",
            f"{prefix}mood not in [{', '.join(self._chance.sample(MOODS, 1))}]",
            f"{prefix}extra {self._comparison()} {number}",
            f"{prefix}extra {self._chance.choice(('==', '!='))} null",
            f"coalesce({prefix}extra, {number}) {self._comparison()} {prefix}size",
            f"({prefix}size + {number}) {self._comparison()} 4",
            f"(if {prefix}active then {prefix}size else {number}) > 1",
            f"({prefix}extra == null or {prefix}extra {self._comparison()} {prefix}size)",
        ]
        if thing.machine:
            options += [
                f"{prefix}status {self._chance.choice(('==', '!='))} {self._chance.choice(STATES)}"
            ] * 2
        if thing.children and prefix == "":
            options.append(f"tally {self._comparison()} {self._chance.randrange(3)}")
        # A claim, or a field of the caller's own row: both have these names.
        options += [f"{prefix}size {self._comparison()} actor.level"] * 2
        options += [
            f'actor.team {self._chance.choice(("==", "!="))} "{self._chance.choice(("red", "blue"))}"'
        ]
        return self._chance.choice(options)

    def _comparison(self) -> str:
        return self._chance.choice(("==", "!=", "<", "<=", ">", ">="))

    def _junction(self, thing: Thing, depth: int, prefix: str) -> str:
        word = self._chance.choice((" and ", " or "))
        terms = [self.about(thing, depth - 1, prefix) for _ in range(self._chance.randint(2, 3))]
        return f"({word.join(f'({term})' for term in terms)})"

    def _negation(self, thing: Thing, depth: int, prefix: str) -> str:
        return f"not ({self.about(thing, depth - 1, prefix)})"

    def _owner(self, thing: Thing, depth: int, prefix: str) -> str:
        path = f"{prefix}owner"
        simple = [f"{path} == actor", f"{path} == actor", f"{path} != actor", f"{path} == actor.id"]
        number = self._chance.randrange(5)
        through = [f"{path}.level {self._comparison()} {number}", f"{path}.active"]
        if not thing.owner:
            return self._chance.choice(simple + through)
        guarded = [f"({path} != null and {each})" for each in through]
        return self._chance.choice(
            [*simple, *guarded, f"{path} == null", f"({path} == null or {through[1]})"]
        )

    def _parent(self, thing: Thing, depth: int, prefix: str) -> str:
        assert thing.parent is not None
        other, nullable = thing.parent
        inner = self.about(other, depth - 1, f"{prefix}parent.", aggregates=False)
        if not nullable:
            return inner
        return f"({prefix}parent {self._chance.choice(('!= null and', '== null or'))} ({inner}))"

    def _collection(self, thing: Thing, depth: int, prefix: str) -> str:
        child = self._chance.choice(thing.children)
        self._bindings += 1
        name, rows = f"k{self._bindings}", f"{prefix}{child.name.lower()}s"
        where = self.about(child, depth - 1, f"{name}.", aggregates=False)
        number = self._chance.randrange(3)
        return self._chance.choice(
            [
                f"exists {name} in {rows} where ({where})",
                f"every {name} in {rows} where ({where})",
                f"not (exists {name} in {rows} where ({where}))",
                f"count({name} in {rows} where ({where})) {self._comparison()} {number}",
                f"count({rows}) {self._comparison()} {number}",
                f"sum({name} in {rows}, {name}.size) {self._comparison()} {number}",
                f"max({name} in {rows}, {name}.size) {self._comparison()} {number}",
            ]
        )

    def _tree(self, thing: Thing, depth: int, prefix: str) -> str:
        """About the rows above and below; a walk never goes behind its bound here, where there are few rows."""
        self._bindings += 1
        name, start = f"k{self._bindings}", prefix.removesuffix(".") or "this"
        rows = f"{self._chance.choice(('ancestors', 'descendants'))}({start}, along: above)"
        where = self.about(thing, depth - 1, f"{name}.", aggregates=False)
        return self._chance.choice(
            [
                *[f"exists {name} in {rows} where ({where})"] * 3,
                f"every {name} in {rows} where ({where})",
                f"not (exists {name} in {rows} where ({where}))",
                f"{prefix}above in {rows}",
                f"count({name} in {rows} where ({where})) {self._comparison()} {self._chance.randrange(3)}",
                f"sum({name} in {rows}, {name}.size) {self._comparison()} {self._chance.randrange(9)}",
            ]
        )
