"""What every operation may look at: both states, the hints, and what this edge makes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from bdc.catalog import Column, Database, Table
from bdc.ddl.names import Name, full
from bdc.plan.hints import Backfill, Hints, Kind, Removal, spelled


@dataclass(frozen=True)
class Context:
    """`old` is seen under the names that its objects have in `new`. `renamed`: columns that are written twice until the contract,
    (table, new name) → old name."""

    old: Database
    new: Database
    hints: Hints
    renamed: dict[tuple[Name, str], str] = field(default_factory=dict)

    @cached_property
    def old_tables(self) -> dict[Name, Table]:
        return {table.name: table for table in self.old.tables}

    @cached_property
    def new_tables(self) -> dict[Name, Table]:
        return {table.name: table for table in self.new.tables}

    @cached_property
    def _removals(self) -> dict[tuple[Kind, Name | None, str, str | None], Removal]:
        return {(each.kind, each.table, each.name, each.column): each for each in self.hints.removals}

    @cached_property
    def _backfills(self) -> dict[tuple[Name, str], Backfill]:
        return {(each.table, each.column): each for each in self.hints.backfills}

    def is_fresh(self, table: Name) -> bool:
        """Whether this edge makes the table: nobody can be using it."""
        return table not in self.old_tables

    def removal(self, kind: Kind, table: Name | None, name: str, column: str | None = None) -> Removal | None:
        return self._removals.get((kind, table, name, column))

    def removal_of(self, kind: Kind, name: Name) -> Removal | None:
        return self.removal(kind, None, spelled(name))

    def backfill(self, table: Name, column: str) -> str | None:
        found = self._backfills.get((table, column))
        return found.expression if found is not None else None

    def old_column(self, table: Name, column: str) -> Column | None:
        found = self.old_tables.get(table)
        return next((each for each in found.columns if each.name == column), None) if found else None


def locks(mode: str, *tables: Name, context: Context | None = None) -> dict[str, str]:
    """Return the locks of a step on tables; those that the edge makes are left out, as nobody waits for them."""
    return {full(table): mode for table in tables if context is None or not context.is_fresh(table)}


def words_of(texts: Iterable[str | None]) -> str:
    return " ".join(text for text in texts if text)
