"""A pair: a state, and the state that some named edits make of it. All of it follows from the seed and from the names, and every
edit has chance of its own, so that a pair is made smaller by leaving names out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from bdc.catalog import Database, EnumType
from bdc.ddl.names import Name
from bdc.plan import Backfill, Hints, Removal, Rename
from bdc.plan.hints import spelled
from tests.evolution.chance import Numbered, apply
from tests.evolution.draft import Draft, Origins
from tests.evolution.edits import BUILDING, EDITS


@dataclass(frozen=True)
class Pair:
    """`start` and `change` are names of edits, each with its number, which its chance follows from."""

    seed: int
    start: tuple[Numbered, ...]
    change: tuple[Numbered, ...]

    def __str__(self) -> str:
        start, change = (
            " ".join(f"{number}:{name}" for number, name in part) for part in (self.start, self.change)
        )
        return f"seed {self.seed}; start {start}; change {change}"


@dataclass(frozen=True)
class Evolved:
    """`done`: the edits that found something to change. `written`: types and conditions are as a specification writes them, not as
    PostgreSQL does."""

    old: Database
    new: Database
    origins: Origins
    hints: Hints
    done: tuple[str, ...]
    written: bool = False


def random_pair(seed: int) -> Pair:
    """Return a start of two tables and some things more, and one to four changes."""
    chance = Random(seed)
    start = ["add_table", "add_table", *chance.choices(BUILDING, k=chance.randint(4, 14))]
    size = chance.choice((1, 1, 2, 2, 3, 4))
    offered = tuple(enumerate(chance.choices(sorted(EDITS), k=8 * size), 100))
    draft = Draft(Database(), Random())
    apply(draft, EDITS, seed, tuple(enumerate(start)))
    draft.origins = Origins.of(draft.database)
    return Pair(seed, tuple(enumerate(start)), apply(draft, EDITS, seed, offered, size))


def evolve(pair: Pair) -> Evolved:
    """Return both states and what the change says about itself."""
    draft = Draft(Database(), Random())
    apply(draft, EDITS, pair.seed, pair.start)
    old = draft.database
    draft.origins = Origins.of(old)
    done = apply(draft, EDITS, pair.seed, pair.change)
    return Evolved(old, draft.database, draft.origins, hints(old, draft), tuple(name for _, name in done))


def further(evolved: Evolved, seed: int) -> Evolved:
    """Return the next change, from where `evolved` has arrived."""
    draft = Draft(evolved.new, Random(), 5000, Origins.of(evolved.new))
    done = apply(draft, EDITS, seed, tuple((number + 200, name) for number, name in random_pair(seed).change))
    said = hints(evolved.new, draft)
    return Evolved(evolved.new, draft.database, draft.origins, said, tuple(name for _, name in done))


def smaller(pair: Pair) -> Iterator[Pair]:
    """Yield pairs with one edit less, changes first."""
    for part in ("change", "start"):
        edits = getattr(pair, part)
        for place in range(len(edits)):
            yield replace(pair, **{part: (*edits[:place], *edits[place + 1 :])})


def hints(old: Database, draft: Draft) -> Hints:
    """Return what the names of things in the draft say about what they were."""
    return Hints(
        tuple(_renames(draft.database, draft.origins)),
        tuple(_removals(old, draft.database, draft.origins)),
        tuple(Backfill(table, column, sql) for (table, column), sql in sorted(draft.backfills.items())),
    )


def _renames(new: Database, origins: Origins) -> Iterator[Rename]:
    """What a partition's columns are called is its parent's doing."""
    partitions = {table.name for table in new.tables if table.parent is not None}
    for now, was in origins.tables.items():
        if now != was:
            yield Rename("table", None, spelled(was), spelled(now))
    for (table, column), (_, old) in origins.columns.items():
        if column != old and table not in partitions:
            yield Rename("column", table, old, column)
    for now, was in origins.enums.items():
        if now != was:
            yield Rename("enum", None, spelled(was), spelled(now))
    for (enum, label), (_, old) in origins.labels.items():
        if label != old:
            yield Rename("enum value", enum, old, label)
    for now, was in origins.views.items():
        if now != was:
            yield Rename("view", None, spelled(was), spelled(now))


def _removals(old: Database, new: Database, origins: Origins) -> Iterator[Removal]:
    now = {was: name for name, was in origins.tables.items()}
    there = {table.name for table in new.tables}
    for table in old.tables:
        if now.get(table.name) not in there:
            yield Removal("table", None, spelled(table.name))
        elif table.parent is None:
            left = {
                was
                for (_, name), was in origins.columns.items()
                if _has(new, now[table.name], name, was, table.name)
            }
            for column in table.columns:
                if (table.name, column.name) not in left:
                    yield Removal("column", now[table.name], column.name)
    yield from _removed_enums(old, new, origins)
    yield from _removed_names(old, new, origins)


def _has(new: Database, table: Name, name: str, was: tuple[Name, str], old: Name) -> bool:
    return was[0] == old and any(each.name == name for each in new.table(table).columns)


def _removed_enums(old: Database, new: Database, origins: Origins) -> Iterator[Removal]:
    now = {was: name for name, was in origins.enums.items()}
    there: dict[Name, EnumType] = {enum.name: enum for enum in new.enums}
    for enum in old.enums:
        found = there.get(now.get(enum.name, enum.name))
        if found is None:
            yield Removal("enum", None, spelled(enum.name))
            continue
        left = {origins.labels.get((found.name, label)) for label in found.labels}
        for label in enum.labels:
            if (enum.name, label) not in left:
                yield Removal("enum value", found.name, label)


def _removed_names(old: Database, new: Database, origins: Origins) -> Iterator[Removal]:
    views, there = {was: name for name, was in origins.views.items()}, {view.name for view in new.views}
    for view in old.views:
        if views.get(view.name) not in there:
            yield Removal("view", None, spelled(view.name))
    for domain in old.domains:
        if all(domain.name != each.name for each in new.domains):
            yield Removal("domain", None, spelled(domain.name))
