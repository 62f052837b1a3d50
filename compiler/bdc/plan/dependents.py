"""What stands on something and has to be out of its way while it changes: policies, triggers and views, dropped and made again in
the same transaction. Which they are is found by words, which finds too many rather than too few."""

from collections.abc import Iterable, Iterator

from bdc.catalog import Database, Policy, Table, Trigger, View
from bdc.catalog.create import create_view
from bdc.ddl.names import Name, full
from bdc.ddl.printer import print_statement
from bdc.plan.hints import spelled
from bdc.plan.making import blocks
from bdc.plan.operation import Hazard
from bdc.plan.sql_identifiers import words
from bdc.plan.standing import Key, items, standing
from bdc.plan.step import ACCESS_EXCLUSIVE
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Around:
    """`tables`: those that the exchange locks; `filled`: materialized views, which are filled again."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tables: tuple[Name, ...] = ()
    filled: tuple[Name, ...] = ()

    @property
    def locks(self) -> dict[str, str]:
        """What else a step locks that makes them again: materialized views have readers of their own."""
        return {full(name): ACCESS_EXCLUSIVE for name in self.filled}

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        return tuple(
            blocks(spelled(name), "it is filled again while everybody waits") for name in self.filled
        )


def around_column(state: Database, table: Name, columns: Iterable[str]) -> Around:
    """Return what stands on columns of a table in `state`."""
    names = frozenset(columns)

    def policy_uses(owner: Table, policy: Policy) -> bool:
        said = words(policy.using) | words(policy.check)
        return bool(said & names) and (owner.name == table or table.name in said)

    def trigger_uses(owner: Name, trigger: Trigger) -> bool:
        return owner == table and bool(words(trigger.definition.partition("execute")[0]) & names)

    def view_uses(view: View) -> bool:
        said = words(view.query)
        return table.name in said and (bool(said & names) or "*" in view.query)

    return _around(state, policy_uses, trigger_uses, view_uses)


def views_on(state: Database, table: Name, column: str) -> list[View]:
    """Return the views that speak of a column, and those that stand on them."""
    found = [
        view
        for view in state.views
        if {table.name, column} <= words(view.query)
        or (table.name in words(view.query) and "*" in view.query)
    ]
    return _with_theirs(state.views, found)


def _around(state: Database, policy_uses, trigger_uses, view_uses) -> Around:  # type: ignore[no-untyped-def]
    """Return those that use something, and what stands on the views among them, in the order in which they can be made."""
    views = {view.name for view in state.views if view_uses(view)}
    chosen: set[Key] = {("view", None, full(name)) for name in views}
    for table in state.tables:
        chosen |= {("policy", table.name, each.name) for each in table.policies if policy_uses(table, each)}
        chosen |= {
            ("trigger", table.name, each.name) for each in table.triggers if trigger_uses(table.name, each)
        }
    found = items(state) if chosen else ()
    chosen |= {item.key for item in standing(found, {name.name for name in views})}
    taken = [item for item in found if item.key in chosen]
    remade = {item.key[2] for item in taken if item.key[0] == "view"}
    return Around(
        tuple(text for item in reversed(taken) for text in item.drop),
        tuple(text for item in taken for text in item.create),
        tuple(
            dict.fromkeys(item.table for item in taken if item.table is not None and item.key[0] != "view")
        ),
        tuple(view.name for view in state.views if view.materialized and full(view.name) in remade),
    )


def _with_theirs(views: Iterable[View], found: list[View]) -> list[View]:
    """Return the views, and those that stand on them, in the order in which they can be made."""
    names = {view.name.name for view in found}
    taken = [view.name for view in found]
    for view in views:
        if view.name not in taken and words(view.query) & names:
            names.add(view.name.name)
            taken.append(view.name)
    return [view for view in views if view.name in taken]


def drop_view_text(view: View) -> str:
    return f"drop {'materialized view' if view.materialized else 'view'} {full(view.name)};"


def create_view_texts(view: View) -> Iterator[str]:
    return (print_statement(each) for each in create_view(view))
