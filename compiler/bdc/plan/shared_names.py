"""Names that tables, views, sequences and indexes share within a schema, the indexes of keys among them: one may be wanted while
something else still has it."""

from collections.abc import Iterator
from typing import NamedTuple

from bdc.catalog import Database
from bdc.ddl.names import Name
from bdc.plan.making import passing

INDEXED = ("primary_key", "uniques", "exclusions", "indexes")


class Holder(NamedTuple):
    """A table and, for an index, the attribute of the table that holds it."""

    kind: str
    table: Name
    member: str = ""


def holders(state: Database) -> dict[Name, Holder]:
    """Return what has which name."""
    found: dict[Name, Holder] = {}
    for table in state.tables:
        for member in INDEXED:
            value = getattr(table, member)
            for each in value if isinstance(value, tuple) else (value,) if value is not None else ():
                found[_placed(each.name, table.name.schema)] = Holder("index", table.name, member)
    for kind, relations in (("sequence", state.sequences), ("view", state.views), ("table", state.tables)):
        found |= {_placed(each.name.name, each.name.schema): Holder(kind, each.name) for each in relations}
    return found


def in_the_way(old: Database, new: Database) -> Iterator[tuple[Holder, str, str]]:
    """Yield the indexes of `old` whose name something else has in `new`, each with its name and one that is free."""
    before, after = holders(old), holders(new)
    parts = {table.name for table in old.tables if table.parent is not None}
    for name, holder in before.items():
        wanted = after.get(name)
        if wanted is None or holder.kind != "index" or holder.table in parts:
            continue
        if (wanted.kind, wanted.table) != (holder.kind, holder.table):
            yield holder, name.name, aside(name, before.keys() | after.keys())


def holding(state: Database, table: Name, name: str) -> Holder | None:
    """Return the index that has a name in the schema of `table`."""
    found = holders(state).get(_placed(name, table.schema))
    return found if found is not None and found.kind == "index" else None


def aside(name: Name, taken: "frozenset[Name] | set[Name]") -> str:
    """Return what an index is called until the contract removes it."""
    purposes = ("gone", *(f"gone{number}" for number in range(2, len(taken) + 3)))
    free = (passing(name.name, each) for each in purposes)
    return next(each for each in free if Name(each, name.schema) not in taken)


def _placed(name: str, schema: str | None) -> Name:
    return Name(name, None if schema == "public" else schema)
