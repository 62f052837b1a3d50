"""What of a state can stand in the way of an exchange: how each thing goes and comes back, and what it names."""

from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from bdc.catalog import Column, Database, Policy, Routine, Table, Trigger, View
from bdc.catalog.create import create_view, index_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CheckDef, CommentOn
from bdc.ddl.printer import constraint_text, print_statement
from bdc.plan.making import alter
from bdc.plan.operations.rights import policies
from bdc.plan.operations.routines import triggers
from bdc.plan.operations.routines.routine_texts import drop_routine, whole_routine
from bdc.source.records import dataclass
from bdc.sql.inverse import inverse
from bdc.sql.uses import uses

Key = tuple[str, Name | None, str]


@dataclass(frozen=True, slots=True)
class Item:
    """`key`: kind, table, name, as changes have them. `makes`: the word that others name it by. `reads`: whether making it reads the rows
    of its table; `table`: what is locked for it."""

    key: Key
    drop: tuple[str, ...]
    create: tuple[str, ...]
    uses: frozenset[str]
    makes: str = ""
    table: Name | None = None
    reads: bool = False


def items(state: Database) -> tuple[Item, ...]:
    """Return everything that may be dropped and made again, in the order in which it can be made."""
    made = [*map(_routine, state.routines), *map(_view, state.views)]
    return (*_ordered(made), *(item for table in state.tables for item in _of_table(table)), *_others(state))


def standing(found: Sequence[Item], names: Iterable[str]) -> tuple[Item, ...]:
    """Return those of `found` that stand on things called `names`, and what stands on those."""
    wanted, taken = set(names), set[Key]()
    while True:
        more = [item for item in found if item.key not in taken and item.uses & wanted]
        if not more:
            return tuple(item for item in found if item.key in taken)
        taken |= {item.key for item in more}
        wanted |= {item.makes for item in more if item.makes}


def _ordered(found: list[Item]) -> Iterator[Item]:
    """Yield views and routines, each after what it names; where they name each other, as they came."""
    makers: dict[str, list[int]] = {}
    for place, item in enumerate(found):
        makers.setdefault(item.makes, []).append(place)
    graph = {
        place: sorted({maker for name in item.uses for maker in makers.get(name, ()) if maker != place})
        for place, item in enumerate(found)
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        order = list(range(len(found)))
    return (found[place] for place in order)


def _routine(routine: Routine) -> Item:
    said = () if routine.comment is None else (_commented(routine),)
    return Item(
        ("routine", None, f"{full(routine.name)}{routine.signature}"),
        (drop_routine(routine),),
        (*whole_routine(routine), *said),
        uses(routine.definition) - {routine.name.name},
        routine.name.name,
    )


def _commented(routine: Routine) -> str:
    node = CommentOn(routine.kind, routine.name, routine.comment, signature=routine.signature.strip("()"))
    return print_statement(node)


def _view(view: View) -> Item:
    word = "materialized view" if view.materialized else "view"
    return Item(
        ("view", None, full(view.name)),
        (f"drop {word} {full(view.name)};",),
        tuple(print_statement(each) for each in create_view(view)),
        uses(view.query)
        | {name for each in view.triggers for name in uses(each.definition)} - {view.name.name},
        view.name.name,
        view.name if view.materialized else None,
        view.materialized,
    )


def _of_table(table: Table) -> Iterator[Item]:
    for column in table.columns:
        if column.default is not None and "(" in column.default and table.parent is None:
            yield _default(table, column)
    for check in table.checks:
        node = CheckDef(check.name, check.condition, check.no_inherit)
        text = alter(table.name, f"add {constraint_text(node)}{'' if check.valid else ' not valid'}")
        gone = alter(table.name, f"drop constraint {quote(check.name)}")
        said = _said("constraint", table.name, check.name, check.comment)
        yield Item(
            ("check", table.name, check.name),
            (gone,),
            (text, *said),
            uses(check.condition),
            "",
            table.name,
            True,
        )
    for index in table.indexes:
        texts = [text for text in (index.where, *(part.expression for part in index.keys)) if text]
        if texts:
            gone = f"drop index {full(Name(index.name, table.name.schema))};"
            made = print_statement(index_def(table.name, index))
            named = frozenset(name for text in texts for name in uses(text))
            yield Item(("index", table.name, index.name), (gone,), (made,), named, "", table.name, True)
    for trigger in table.triggers:
        yield _trigger(table, trigger)
    for policy in table.policies:
        yield _policy(table, policy)


def _default(table: Table, column: Column) -> Item:
    name = quote(column.name)
    return Item(
        ("default", table.name, column.name),
        (alter(table.name, f"alter column {name} drop default"),),
        (alter(table.name, f"alter column {name} set default {column.default}"),),
        uses(column.default or ""),
        "",
        table.name,
    )


def _trigger(table: Table, trigger: Trigger) -> Item:
    return Item(
        ("trigger", table.name, trigger.name),
        (triggers.drop_text(table.name, trigger.name),),
        (
            triggers.create_text(table.name, trigger),
            *_said("trigger", table.name, trigger.name, trigger.comment),
        ),
        uses(trigger.definition) - {table.name.name},
        "",
        table.name,
    )


def _policy(table: Table, policy: Policy) -> Item:
    named = uses(policy.using or "true") | uses(policy.check or "true")
    return Item(
        ("policy", table.name, policy.name),
        (policies.drop_text(table.name, policy.name),),
        (policies.create_text(table.name, policy), *_said("policy", table.name, policy.name, policy.comment)),
        named,
        "",
        table.name,
    )


def _said(kind: str, table: Name, name: str, comment: str | None) -> tuple[str, ...]:
    return () if comment is None else (print_statement(CommentOn(kind, table, comment, name)),)


def _others(state: Database) -> Iterator[Item]:
    """Yield the statements that are known to be taken back, but for those that hold rows."""
    for other in state.others:
        found = inverse(other.definition)
        if found is not None and not found.holds:
            text = other.definition.strip().rstrip(";") + ";"
            yield Item(("other", None, found.subject), (f"{found.drop};",), (text,), uses(other.definition))


def generated_on(state: Database, names: frozenset[str]) -> Iterator[tuple[Table, Column]]:
    """Yield the computed columns that call one of `names`."""
    for table in state.tables:
        for column in table.columns:
            if column.generated is not None and uses(column.generated) & names:
                yield table, column
