"""Pairs of scripts by chance: a few tables, functions, views, triggers, policies, rules and rights that name each other, and the same
after one to four changes. All of it follows from the seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from bdc.ddl.names import Name
from bdc.plan import Hints, Removal

_TYPES = ("int", "bigint", "text", "numeric(10,2)", "timestamptz", "boolean", "date")
_NUMBERS = ("int", "bigint")


@dataclass(frozen=True)
class Thing:
    """One object. `text` makes it, after the things in `needs`; `kind` is DROP's, `columns` those of a table (name, type) or a view."""

    kind: str
    name: str
    text: str
    needs: frozenset[str] = frozenset()
    columns: tuple[tuple[str, str], ...] = ()
    made: Callable[["World", Random], "Thing | None"] | None = field(default=None, compare=False)


@dataclass
class World:
    """`gone`: what has to be said about tables and columns that were dropped."""

    things: dict[str, Thing] = field(default_factory=dict)
    gone: list[Removal] = field(default_factory=list)
    count: int = 0

    def fresh(self, word: str) -> str:
        self.count += 1
        return f"{word}{self.count}"

    def of(self, *kinds: str) -> list[Thing]:
        return [each for each in self.things.values() if each.kind in kinds]

    def put(self, thing: Thing | None) -> None:
        if thing is not None:
            self.things[thing.name] = thing

    def script(self) -> str:
        done: dict[str, None] = {}
        for name in self.things:
            self._visit(name, done)
        return "\n".join(self.things[name].text for name in done)

    def _visit(self, name: str, done: dict[str, None]) -> None:
        if name not in done and name in self.things:
            for other in sorted(self.things[name].needs):
                self._visit(other, done)
            done[name] = None

    def users(self, name: str) -> list[Thing]:
        return [each for each in self.things.values() if name in each.needs]


def _table(world: World, random: Random, old: Thing | None = None) -> Thing:
    name = old.name if old is not None else world.fresh("t")
    columns = old.columns if old is not None else (("id", "int"), ("n", "int"), ("w", "text"))
    listed = ", ".join(f"{each} {kind}{' primary key' if each == 'id' else ''}" for each, kind in columns)
    options = random.choice(("", "", " with (fillfactor = 70)", " with (autovacuum_enabled = false)"))
    return Thing("table", name, f"create table {name} ({listed}){options};", frozenset(), columns)


def _function(world: World, random: Random, old: Thing | None = None) -> Thing:
    """Takes a number and gives one; `immutable`, so that anything may call it."""
    name = old.name if old is not None else world.fresh("f")
    kind, result = random.choice(_NUMBERS), random.choice(_NUMBERS)
    argument = random.choice(("x", "y"))
    body = f"select ({argument} + {random.randint(0, 3)})::{result}"
    text = (
        f"create function {name}({argument} {kind}) returns {result} language sql immutable as $$ {body} $$;"
    )
    return Thing("function", name, text, frozenset(), ((kind, result),))


def _row_function(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    table = _any(world, random, "table", "view")
    if table is None:
        return None
    name = old.name if old is not None else world.fresh("g")
    text = f"create function {name}(r {table.name}) returns bigint language sql as $$ select {random.randint(1, 3)}::bigint $$;"
    return Thing("row function", name, text, frozenset({table.name}))


def _any(world: World, random: Random, *kinds: str) -> Thing | None:
    found = world.of(*kinds)
    return random.choice(found) if found else None


def _call(world: World, random: Random, column: str) -> tuple[str, frozenset[str]]:
    """Return an expression over a number, and what it names."""
    function = _any(world, random, "function")
    if function is None or random.random() < 0.4:
        return column, frozenset()
    return f"{function.name}({column}::{function.columns[0][0]})", frozenset({function.name})


def _view(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    below = world.of("table", "view")
    above = {old.name} if old is not None else set()
    while more := {each.name for name in above for each in world.users(name)} - above:
        above |= more
    offered = [each for each in below if each.name not in above]
    if not offered:
        return None
    source = random.choice(offered)
    name = old.name if old is not None else world.fresh("v")
    number, needs = _call(world, random, "n")
    star = source.kind == "table" and random.random() < 0.2
    more = "" if star or random.random() < 0.5 else ", 1 as one"
    listed = "*" if star else f"id, {number} as n{more}"
    kind = (
        "materialized view"
        if old is None and random.random() < 0.3
        else old.kind
        if old is not None
        else "view"
    )
    text = f"create {kind} {name} as select {listed} from {source.name};"
    if kind == "materialized view" and random.random() < 0.5:
        text += f"\ncreate index {name}_id on {name} (id);"
    if random.random() < 0.3:
        text += f"\ngrant select on {name} to evolution_reader;"
    return Thing(kind, name, text, needs | {source.name}, (("id", "int"), ("n", "int")))


def _trigger(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    table = _any(world, random, "table")
    if table is None:
        return None
    name = old.name if old is not None else world.fresh("tr")
    body = f"begin new.n := {random.randint(1, 5)}; return new; end"
    call, needs = _call(world, random, "new.n")
    text = (
        f"create function {name}_f() returns trigger language plpgsql as $$ {body} $$;\n"
        f'create trigger "{name} it" before {random.choice(("insert", "update"))} on {table.name} for each row'
        f" when ({call} > 100000) execute function {name}_f();"
    )
    return Thing("trigger", name, text, needs | {table.name})


def _policy(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    table = _any(world, random, "table")
    if table is None:
        return None
    name = old.name if old is not None else world.fresh("p")
    call, needs = _call(world, random, "n")
    view = _any(world, random, "view")
    condition, more = f"{call} > 0", frozenset[str]()
    if view is not None and view.name != table.name and random.random() < 0.4:
        condition = f"{condition} and exists (select from {view.name} where {view.name}.id = {table.name}.id)"
        more = frozenset({view.name})
    kind = random.choice(("permissive", "permissive", "restrictive"))
    text = (
        f"create policy {name} on {table.name} as {kind} for select to evolution_reader using ({condition});"
    )
    if random.random() < 0.5:
        text = f"alter table {table.name} enable row level security;\n{text}"
    return Thing("policy", name, text, needs | more | {table.name})


def _check(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    table = _any(world, random, "table")
    if table is None:
        return None
    name = old.name if old is not None else world.fresh("c")
    call, needs = _call(world, random, "n")
    if random.random() < 0.4:
        text = f"create index {name} on {table.name} (({call}));"
    else:
        text = f"alter table {table.name} add constraint {name} check ({call} > -{random.randint(1, 9)});"
    return Thing("check", name, text, needs | {table.name})


def _rule(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    target = _any(world, random, "table", "view")
    if target is None:
        return None
    name = old.name if old is not None else world.fresh("r")
    text = f"create rule {name} as on delete to {target.name} where old.id > {random.randint(1000, 2000)} do instead nothing;"
    return Thing("rule", name, text, frozenset({target.name}))


def _setting(world: World, random: Random, old: Thing | None = None) -> Thing | None:
    table = _any(world, random, "table")
    if table is None:
        return None
    name = old.name if old is not None else world.fresh("s")
    offered = (
        f"grant {random.choice(('select', 'all', 'insert, update (n)'))} on {table.name} to evolution_writer;",
        f"comment on table {table.name} is 'x{random.randint(1, 9)}';",
        f"comment on column {table.name}.n is 'x{random.randint(1, 9)}';",
        f"create sequence {name}; alter sequence {name} owned by {table.name}.n;",
        f"create statistics {name} on n, w from {table.name};",
    )
    return Thing("setting", name, random.choice(offered), frozenset({table.name}))


MAKERS: dict[str, Callable[..., Thing | None]] = {
    "table": _table,
    "function": _function,
    "row function": _row_function,
    "view": _view,
    "trigger": _trigger,
    "policy": _policy,
    "check": _check,
    "rule": _rule,
    "setting": _setting,
}


def _maker(kind: str) -> Callable[..., Thing | None]:
    return MAKERS["view" if kind == "materialized view" else kind]


def _add(world: World, random: Random) -> None:
    world.put(MAKERS[random.choice(list(MAKERS))](world, random))


def _change(world: World, random: Random) -> None:
    old = random.choice(list(world.things.values()))
    world.put(_maker(old.kind)(world, random, old))


def _remove(world: World, random: Random) -> None:
    """Something that nothing else names goes."""
    offered = [each for each in world.things.values() if not world.users(each.name)]
    old = random.choice(offered)
    if len(world.things) > 2:
        del world.things[old.name]
        if old.kind == "table":
            world.gone.append(Removal("table", None, old.name))


def _column(world: World, random: Random) -> None:
    table = _any(world, random, "table")
    if table is None:
        return
    more = [each for each in table.columns if each[0] not in ("id", "n", "w")]
    if more and random.random() < 0.5:
        gone = random.choice(more)
        columns = tuple(each for each in table.columns if each != gone)
        world.gone.append(Removal("column", Name(table.name), gone[0]))
    elif random.random() < 0.3:
        columns = tuple((name, "bigint" if name == "n" else kind) for name, kind in table.columns)
    else:
        columns = (*table.columns, (world.fresh("x"), random.choice(_TYPES)))
    world.put(_table(world, random, replace(table, columns=columns)))


_EDITS = (_add, _change, _change, _change, _remove, _column)


def pair(seed: int) -> tuple[str, str, Hints]:
    """Return both scripts, and what is said about what goes."""
    random, world = Random(seed), World()
    for kind in ("table", "function", "table", "view"):
        world.put(MAKERS[kind](world, random))
    for _ in range(random.randint(2, 8)):
        _add(world, random)
    if random.random() < 0.5:
        _column(world, random)
    world.gone.clear()
    before = world.script()
    for _ in range(random.randint(1, 4)):
        random.choice(_EDITS)(world, random)
    return before, world.script(), Hints(removals=tuple(world.gone))


def pairs(seeds: range) -> Iterator[tuple[int, str, str, Hints]]:
    for seed in seeds:
        yield (seed, *pair(seed))
