"""What every operation may look at: both states, the hints, and what this edge makes."""

from collections.abc import Iterator
from dataclasses import field
from functools import cached_property

from bdc.catalog import Column, Database, ForeignKey, Table
from bdc.ddl.names import Name, full, quote
from bdc.plan.hints import Backfill, Hints, Kind, Removal, spelled
from bdc.plan.sql_identifiers import is_volatile, speaks_of, words
from bdc.plan.typing_rules import is_free, own_type, same_type
from bdc.plan.value_changes import ValueChange, value_change
from bdc.source.records import dataclass


@dataclass(frozen=True)
class Context:
    """`old` is seen under the names that its objects have in `new`. `renamed`: columns that are written twice until the contract,
    (table, new name) → old name. `labels`: values that rows hold and a check allows, (table, column, old, new). `replaced`: values
    of an enum that go, and what rows say instead, (enum, old) → new. `equal`: tables that are the same in both. `remade_views`: those
    that a rename takes away for the time being."""

    old: Database
    new: Database
    hints: Hints
    renamed: dict[tuple[Name, str], str] = field(default_factory=dict)
    labels: tuple[tuple[Name, str, str, str], ...] = ()
    replaced: dict[tuple[Name, str], str] = field(default_factory=dict)
    equal: frozenset[Name] = frozenset()
    remade_views: frozenset[Name] = frozenset()

    @cached_property
    def old_tables(self) -> dict[Name, Table]:
        return {table.name: table for table in self.old.tables}

    @cached_property
    def new_tables(self) -> dict[Name, Table]:
        return {table.name: table for table in self.new.tables}

    def is_calm(self, table: Name) -> bool:
        """Whether a table was there and keeps its columns, so that what stands on them may come late."""
        before, after = self.old_tables.get(table), self.new_tables.get(table)
        return (
            before is not None
            and after is not None
            and [(each.name, each.type) for each in before.columns]
            == [(each.name, each.type) for each in after.columns]
        )

    @cached_property
    def _removals(self) -> dict[tuple[Kind, Name | None, str, str | None], Removal]:
        return {(each.kind, each.table, each.name, each.column): each for each in self.hints.removals}

    @cached_property
    def _backfills(self) -> dict[tuple[Name, str], Backfill]:
        return {(each.table, each.column): each for each in self.hints.backfills}

    @cached_property
    def _partitions(self) -> dict[Name, list[Name]]:
        found: dict[Name, list[Name]] = {}
        for table in self.old.tables:
            if table.parent is not None:
                found.setdefault(table.parent, []).append(table.name)
        return found

    @cached_property
    def retyped(self) -> dict[Name, frozenset[str]]:
        """Columns whose values are written anew: what stands on them changes with them, in the contract."""
        kinds = self.remade
        found: dict[Name, frozenset[str]] = {}
        for table in self.new.tables:
            before = self.old_tables.get(table.name)
            if before is None or (table.name in self.equal and not kinds):
                continue
            now = {column.name: column.type for column in table.columns}
            was = {column.name: self._based(column, now.get(column.name)) for column in before.columns}
            mine = frozenset(
                column.name
                for column in table.columns
                if column.name in was
                and table.parent is None
                and (
                    is_rewritten(was[column.name], column, kinds)
                    or _is_read_again(before, was[column.name], column)
                    or _is_computed_from(before, was[column.name], column)
                )
            )
            if mine:
                found[table.name] = mine
        return found

    def _based(self, column: Column, kind: str | None) -> Column:
        """Return a column of a domain, which is to be of the type `kind`, as one of the type that the domain stands on: what gets that
        only leaves the domain's rules."""
        if kind == column.type or column.type.endswith("[]"):
            return column
        kinds = (each.type for each in self.old.domains if own_type(column.type, each.name))
        return column.model_copy(update={"type": next(kinds, column.type)})

    @cached_property
    def regenerated(self) -> dict[Name, frozenset[str]]:
        """Columns that are computed otherwise, or from now on, and made anew for that; a plain one may keep what it held."""
        found: dict[Name, frozenset[str]] = {}
        for table in self.new.tables:
            before = self.old_tables.get(table.name)
            if before is None or table.name in self.equal:
                continue
            was = {column.name: column for column in before.columns}
            mine = frozenset(
                each.name
                for each in table.columns
                if each.name in was and _is_made_anew(was[each.name], each)
            )
            if mine:
                found[table.name] = mine
        return found

    @cached_property
    def remade(self) -> frozenset[Name]:
        """Enums that lose values or put them in another order: their columns move to a new type."""
        before = {enum.name: enum.labels for enum in self.old.enums}
        return frozenset(
            enum.name
            for enum in self.new.enums
            if enum.name in before
            and tuple(label for label in enum.labels if label in before[enum.name]) != before[enum.name]
        )

    def filled(self, table: Name) -> frozenset[str]:
        """Return the columns of a table that batches fill, so that what judges changes of theirs comes after."""
        before, after = self.old_tables.get(table), self.new_tables.get(table)
        if before is None or after is None:
            return frozenset()
        known = {column.name for column in before.columns}
        given = {column for owner, column in self._backfills if owner == table}
        given |= {new for owner, new in self.renamed if owner == table}
        given |= {column for owner, column, _, _ in self.labels if owner == table}
        given |= self._reshaped(before, after)
        made = {
            each.name
            for each in after.columns
            if each.name not in known and (each.identity is not None or is_volatile(each.default))
        }
        return frozenset(given | made | self.retyped.get(table, frozenset()))

    def _reshaped(self, before: Table, after: Table) -> set[str]:
        was = {column.name: column for column in before.columns}
        found = (
            (each.name, self.value_change(after.name, was[each.name], each))
            for each in after.columns
            if each.name in was and each.shape is not None
        )
        return {name for name, change in found if change is not None and change.shift is not None}

    def touches(self, table: Name, key: ForeignKey) -> bool:
        """Whether a foreign key of `table` stands on a column of another type, on either side."""
        ours, theirs = self.retyped.get(table, frozenset()), self.retyped.get(key.target, frozenset())
        return bool(ours & set(key.columns) or theirs & set(key.target_columns))

    def value_change(self, table: Name, old: Column, new: Column) -> ValueChange | None:
        """Return how the values inside a column change; None where PostgreSQL knows all of them, or nothing changes."""
        return value_change(self.hints, table, old, new)

    def is_fresh(self, table: Name) -> bool:
        """Whether this edge makes the table: no session can be using it."""
        return table not in self.old_tables

    def is_forced(self, table: Name) -> bool:
        """Whether row level security holds the owner of a table too, before and after."""
        sides = (self.old_tables.get(table), self.new_tables.get(table))
        return all(each is not None and each.force_row_security for each in sides)

    def is_partitioned(self, table: Name) -> bool:
        return table in self.old_tables and self.old_tables[table].partition_by is not None

    def family(self, table: Name) -> Iterator[Name]:
        """Yield the table, unless it is new, and its partitions, and theirs."""
        if not self.is_fresh(table):
            yield table
            for partition in self._partitions.get(table, ()):
                yield from self.family(partition)

    def leaves(self, table: Name) -> Iterator[Name]:
        """Yield the members of the family that hold rows."""
        return (each for each in self.family(table) if not self.is_partitioned(each))

    def parts(self, table: Name) -> Iterator[Name]:
        """Yield the partitions of a table that are there and stay."""
        return (each for each in self._partitions.get(table, ()) if each in self.new_tables)

    def fresh_parts(self, table: Name) -> Iterator[Name]:
        """Yield the partitions of a table that this edge makes; what is made of one is made of its own partitions too."""
        return (each.name for each in self.new.tables if each.parent == table and self.is_fresh(each.name))

    def removal(self, kind: Kind, table: Name | None, name: str, column: str | None = None) -> Removal | None:
        return self._removals.get((kind, table, name, column))

    def removal_of(self, kind: Kind, name: Name) -> Removal | None:
        return self.removal(kind, None, spelled(name))

    def is_dropped_sql(self, statement: str) -> bool:
        """Whether the specification says that a statement need not be taken back; it may say only how that begins."""
        text = " ".join(statement.split()).lower()
        said = (" ".join(each.name.split()).lower() for each in self.hints.removals if each.kind == "other")
        return any(text.startswith(each) for each in said)

    def backfill(self, table: Name, column: str) -> str | None:
        found = self._backfills.get((table, column))
        return found.expression if found is not None else None

    def replaces(self, table: Name, column: str) -> bool:
        """Whether a backfill says what becomes of values that may not fit a new type."""
        found = self._backfills.get((table, column))
        return found is not None and not found.again

    def old_column(self, table: Name, column: str) -> Column | None:
        found = self.old_tables.get(table)
        return next((each for each in found.columns if each.name == column), None) if found else None

    def is_new_column(self, table: Name, column: str) -> bool:
        return not self.is_fresh(table) and self.old_column(table, column) is None

    def locks(self, mode: str, *tables: Name) -> dict[str, str]:
        """Return the locks of a step on tables and their partitions; no session waits for tables that the edge makes."""
        return {full(each): mode for table in tables for each in self.family(table)}

    def locks_one(self, mode: str, *tables: Name) -> dict[str, str]:
        """Return the locks of a step that does not reach the partitions."""
        return {full(table): mode for table in tables if not self.is_fresh(table)}


def is_rewritten(old: Column, new: Column, kinds: frozenset[Name]) -> bool:
    """Whether the column gets another type that not only the catalog has to know."""
    if old.generated is not None or new.generated is not None:
        return False
    if any(own_type(new.type, kind) for kind in kinds) and same_type(old.type, new.type):
        return True
    if old.collation != new.collation:
        return True
    return not same_type(old.type, new.type) and not is_free(old.type, new.type)


def _is_read_again(table: Table, old: Column, new: Column) -> bool:
    """Whether PostgreSQL reads the whole table for a type that only the catalog has to know: it builds again what it does not look
    into, indexes of expressions and of parts of a table, and asks checks again."""
    if same_type(old.type, new.type):
        return False
    texts = [check.condition for check in table.checks]
    for index in table.indexes:
        spoken = [index.where, *(part.expression for part in index.keys)]
        own = {part.column for part in index.keys} | set(index.include)
        if any(spoken):
            texts += [quote(old.name)] if old.name in own else [text for text in spoken if text]
    return any(old.name in words(text) for text in texts)


def _is_computed_from(table: Table, old: Column, new: Column) -> bool:
    """Whether the column gets another type that PostgreSQL refuses as long as another column is computed from it."""
    if same_type(old.type, new.type) or old.generated is not None or new.generated is not None:
        return False
    return any(speaks_of(each.generated, {old.name}) for each in table.columns)


def _is_made_anew(old: Column, new: Column) -> bool:
    same = (old.generated, old.virtual) == (new.generated, new.virtual)
    kept = old.generated is not None and new.generated is None and not old.virtual
    return not same and not kept
