"""Names that other databases keep per table: PostgreSQL keeps those of tables, indexes and keys of a schema together."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from bdc.catalog import Index, Key, Table
from bdc.catalog import Sequence as Counter
from bdc.ddl.names import LONGEST

T = TypeVar("T", Key, Index)


def with_names_of_their_own(
    tables: Sequence[Table], counters: Iterable[Counter]
) -> tuple[list[Table], list[str]]:
    """Return the tables with each key and index under a name that nothing else in its schema has, and what was renamed."""
    names = _Names({(table.name.schema, table.name.name) for table in tables})
    names.taken |= {(each.name.schema, each.name.name) for each in counters}
    for table in tables:
        names.wanted |= {(table.name.schema, each.name or "") for each in table.indexes}
    made = []
    for table in tables:
        key = names.own(table.primary_key, table) if table.primary_key else None
        indexes = tuple(names.own(each, table) for each in table.indexes)
        made.append(table.model_copy(update={"primary_key": key, "indexes": indexes}))
    return made, names.told


class _Names:
    """`taken`: names with their schemas; `wanted`: those that the schema gives, which no other one gets."""

    def __init__(self, taken: set[tuple[str | None, str]]) -> None:
        self.taken = taken
        self.wanted: set[tuple[str | None, str]] = set()
        self.told: list[str] = []

    def own(self, found: T, table: Table) -> T:
        name = found.name or ""
        if (table.name.schema, name) in self.taken:
            name = self._free(f"{table.name.name}_{name}", table.name.schema)
            self.told.append(
                f"`{found.name}` of {table.name.name}: another one has this name, so it is `{name}`"
            )
        self.taken.add((table.name.schema, name))
        return found.model_copy(update={"name": name})

    def _free(self, base: str, schema: str | None) -> str:
        name, number = _cut(base, ""), 1
        while (schema, name) in self.taken | self.wanted:
            number += 1
            name = _cut(base, f"_{number}")
        return name


def _cut(name: str, tail: str) -> str:
    return name.encode()[: LONGEST - len(tail)].decode(errors="ignore") + tail
