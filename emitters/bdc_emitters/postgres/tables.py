"""Tables of the IR → CREATE TABLE, keys, indexes and comments."""

from collections.abc import Collection, Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    AddForeignKey,
    CheckDef,
    ColumnDef,
    CommentOn,
    Constraint,
    CreateIndex,
    CreateTable,
    ForeignKeyDef,
    IndexPart,
    PrimaryKeyDef,
    Statement,
    UniqueDef,
)
from bdc.ir import Check, Column, Expr, ForeignKey, Index, SqlText, SystemIR, Table, UniqueKey
from bdc.query.expressions import lower
from bdc.query.scope import Scope
from bdc.query.search import search_vector
from bdc.query.trees import print_sql
from bdc_emitters.postgres.column_types import column_type, type_condition
from bdc_emitters.postgres.partitions import create_partitions, partition_by


class TableBuilder:
    """Makes the statements of one table."""

    def __init__(self, system: SystemIR, table: Table) -> None:
        self._system = system
        self._table = table
        self._name = Name(table.name)
        self._scope = Scope(system).at(table.entity, "")

    def create(self) -> Iterator[Statement]:
        """Yield the table, its indexes and its comments: all that needs no other table."""
        columns = tuple(self._column(column) for column in self._table.columns)
        by = partition_by(self._table.partitioning)
        yield CreateTable(self._name, columns, tuple(self._constraints()), partition_by=by)
        yield from create_partitions(self._system, self._table)
        yield from self.indexes()
        yield from self._comments()

    def foreign_keys(self, implied: Collection[tuple[str, str]] = ()) -> Iterator[Statement]:
        """Yield the references, but for those that `implied` names as (table, key)."""
        for key in self._table.foreign_keys:
            if (self._table.name, key.name) not in implied:
                yield AddForeignKey(self._name, _foreign_key(key))

    def _column(self, column: Column) -> ColumnDef:
        default = self._text(column.default) if column.default is not None else None
        return ColumnDef(column.name, column_type(column), not column.nullable, default)

    def _constraints(self) -> Iterator[Constraint]:
        if self._table.primary_key is not None:
            yield PrimaryKeyDef(self._table.primary_key.name, self._table.primary_key.columns)
        for key in self._table.uniques:
            if key.where is None:
                yield UniqueDef(key.name, key.columns)
        for check in self._table.checks:
            yield from self._check(check)

    def _check(self, check: Check) -> Iterator[CheckDef]:
        if check.expr is not None:
            yield CheckDef(check.name, self._text(check.expr))
        elif check.column is not None:
            condition = type_condition(self._system, self._table.column(check.column))
            if condition is not None:
                yield CheckDef(check.name, condition)

    def indexes(self) -> Iterator[CreateIndex]:
        """Yield the indexes that no constraint stands on."""
        for key in self._table.uniques:
            if key.where is not None:
                yield self._partial_unique(key, key.where)
        for index in self._table.indexes:
            yield self._index(index)

    def _partial_unique(self, key: UniqueKey, where: Expr) -> CreateIndex:
        parts = tuple(IndexPart(column) for column in key.columns)
        return CreateIndex(key.name, self._name, parts, unique=True, where=self._text(where))

    def _index(self, index: Index) -> CreateIndex:
        where = self._text(index.where) if index.where is not None else None
        if index.search:
            vector = search_vector(self._table, [key.column for key in index.keys])
            parts: tuple[IndexPart, ...] = (IndexPart(None, expression=vector),)
        else:
            parts = tuple(IndexPart(key.column, key.descending) for key in index.keys)
        return CreateIndex(index.name, self._name, parts, index.method, where=where)

    def _comments(self) -> Iterator[CommentOn]:
        if self._table.doc:
            yield CommentOn("table", self._name, self._table.doc)
        for column in self._table.columns:
            if column.doc:
                yield CommentOn("column", self._name, column.doc, column.name)

    def _text(self, expr: Expr) -> str:
        return expr.sql if isinstance(expr, SqlText) else print_sql(lower(expr, self._scope))


def _foreign_key(key: ForeignKey) -> ForeignKeyDef:
    return ForeignKeyDef(
        key.name,
        key.columns,
        Name(key.target_table),
        key.target_columns,
        key.on_delete.replace("_", " "),
        key.set_null_columns,
        key.on_update.replace("_", " "),
        key.match_full,
        deferrable=key.deferrable != "no",
        deferred=key.deferrable == "deferred",
    )
