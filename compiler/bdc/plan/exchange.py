"""Views and routines that PostgreSQL does not change in place, exchanged together with all that stands on them, in one transaction.

What comes in: both states. What goes out: a step for each group of things that stand on each other, and the keys of the changes that it
makes along, which need no plan of their own. What is new and stands on something that is exchanged is made here as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bdc.catalog import Database
from bdc.ddl.names import Name, full
from bdc.plan.compare import Change, without_members
from bdc.plan.context import Context
from bdc.plan.making import blocks, key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.routines.routine_shapes import is_in_place
from bdc.plan.refusals import cannot_plan
from bdc.plan.standing import Item, Key, generated_on, items, standing
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


@dataclass
class Exchange:
    """`steps` and refusals; `done`: the keys of what they change."""

    results: list[Step | Refusal] = field(default_factory=list)
    done: set[Key] = field(default_factory=set)


@dataclass
class _Group:
    """`names`: the words of what is exchanged; `old`, `new`: what goes and what comes, by key."""

    names: set[str]
    old: dict[Key, Item]
    new: dict[Key, Item]

    @property
    def keys(self) -> set[Key]:
        return {*self.old, *self.new}


def exchanged(context: Context) -> Exchange:
    """Return what is exchanged between the states of `context`; nothing where all is changed in place."""
    found = Exchange()
    roots = list(_roots(context.old, context.new))
    if not roots:
        return found
    before, after = items(context.old), items(context.new)
    for group in _merged([_group(context, before, after, root) for root in roots]):
        computed = next(generated_on(context.old, frozenset(group.names)), None)
        if computed is not None:
            table, column = computed
            found.results.append(
                cannot_plan(
                    ", ".join(sorted(group.names)),
                    f"it changes while {table.name.name}.{column.name} is computed from it",
                    "give the new one another name, move to it, then remove the old one",
                )
            )
        found.results.append(_step(context, group, before, after))
        found.done |= group.keys
    return found


def change_key(change: Change) -> Key | None:
    """Return the key that an exchange has for a change of this kind; None where none is."""
    found = change.old if change.old is not None else change.new
    match change.kind:
        case "view":
            return "view", None, full(found.name)
        case "routine":
            return "routine", None, f"{full(found.name)}{found.signature}"
        case "policy" | "trigger" | "check" | "index":
            return change.kind, change.table, found.name
    return None


def _roots(old: Database, new: Database) -> Iterator[tuple[Key, str]]:
    views = {view.name: view for view in new.views}
    for view in old.views:
        now = views.get(view.name)
        if now is not None and without_members(view) != without_members(now):
            yield ("view", None, full(view.name)), view.name.name
    routines = {(each.name, each.signature): each for each in new.routines}
    for routine in old.routines:
        other = routines.get((routine.name, routine.signature))
        if other is not None and not is_in_place(routine, other):
            yield ("routine", None, f"{full(routine.name)}{routine.signature}"), routine.name.name


def _group(context: Context, before: Sequence[Item], after: Sequence[Item], root: tuple[Key, str]) -> _Group:
    """Return one root with what stands on it on either side."""
    own, name = root
    going, coming = standing(before, [name]), standing(after, [name])
    old = {item.key: item for item in before if item.key == own or item in going}
    there = {item.key: item for item in after}
    new = {item.key: item for item in after if item.key == own or item in coming}
    new |= {each: there[each] for each in old if each in there}
    fresh = {each: item for each, item in new.items() if each not in old and not _is_made_here(context, item)}
    words = {name, *(item.makes for item in (*old.values(), *new.values()) if item.makes)}
    kept = {each: item for each, item in new.items() if each not in fresh}
    return _Group(words, old, kept)


def _is_made_here(context: Context, item: Item) -> bool:
    """Whether something that stands on an exchanged thing only in the new state comes with it: views and routines do, and what a new
    table has already; members of other tables come later, by their own steps."""
    kind, table, _ = item.key
    return kind in ("view", "routine") or (table is not None and context.is_fresh(table))


def _merged(groups: list[_Group]) -> list[_Group]:
    """Return the groups without overlaps."""
    found: list[_Group] = []
    for group in groups:
        for other in [each for each in found if each.keys & group.keys]:
            group = _Group(group.names | other.names, other.old | group.old, other.new | group.new)
            found.remove(other)
        found.append(group)
    return found


def _step(context: Context, group: _Group, before: Sequence[Item], after: Sequence[Item]) -> Step:
    going = [item for item in before if item.key in group.old]
    coming = [item for item in after if item.key in group.new]
    # A new table is there already, with what it has.
    early = [item for item in coming if item.key not in group.old and item.key[1] is not None]
    tables = [item.table for item in (*going, *coming) if item.table is not None]
    reads = list(
        dict.fromkeys(item.table for item in (*going, *coming) if item.reads and item.table is not None)
    )
    label = ", ".join(_labels(group))
    return Step(
        key=key("exchange", *sorted(group.names)),
        title=f"{label} and what stands on it change together",
        phase="expand",
        rank=57,
        statements=(*_drops((*going, *early)), *_creates(coming)),
        locks={**context.locks(ACCESS_EXCLUSIVE, *dict.fromkeys(tables)), **_views(going)},
        scans={full(table): "read" for table in _read(context, going, coming)},
        alone=True,
        statement_timeout=0,
        undo=(*_drops(coming), *_creates((*going, *early))),
        hazards=(
            *_hazards(group),
            *(
                blocks(full(table), "it is read or filled again while its readers and writers wait")
                for table in reads
            ),
        ),
    )


def _views(found: Iterable[Item]) -> dict[str, str]:
    """A materialized view has readers of its own."""
    return {item.key[2]: ACCESS_EXCLUSIVE for item in found if item.key[0] == "view" and item.reads}


def _read(context: Context, *sides: Iterable[Item]) -> list[Name]:
    """Return the tables of the old state that are read whole: those that materialized views name, and those whose members are made."""
    read = [item for side in sides for item in side if item.reads]
    words = {name for item in read for name in item.uses}
    own = {item.table for item in read}
    return [name for name in context.old_tables if name in own or name.name in words]


def _drops(found: Iterable[Item]) -> Iterator[str]:
    for item in reversed(list(found)):
        yield from item.drop


def _creates(found: Iterable[Item]) -> Iterator[str]:
    said: set[str] = set()
    for item in found:
        for text in item.create:
            if not text.startswith("set local") or text not in said:
                yield text
            said.add(text)


def _labels(group: _Group) -> list[str]:
    return sorted(
        {name.removeprefix("public.") for kind, _, name in group.keys if kind in ("view", "routine")}
    )


def _hazards(group: _Group) -> Iterator[Hazard]:
    for kind, table, name in sorted(group.keys & group.old.keys(), key=str):
        whole = name.removeprefix("public.")
        if kind == "view":
            yield Hazard(code="VIEW_CHANGES", object=whole, message="it is made anew")
        elif kind == "routine":
            yield Hazard(code="ROUTINE_CHANGES", object=whole, message="it is made anew")
        elif kind == "policy" and table is not None:
            yield Hazard(code="POLICY_CHANGES", object=full(table), message=f"{name} is made anew")
