"""Tables of the IR → CREATE TABLE, keys, indexes and comments."""

from collections.abc import Collection, Iterator

from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.nodes import (
    AddForeignKey,
    CheckDef,
    ColumnDef,
    CommentOn,
    Constraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    ExclusionDef,
    ForeignKeyDef,
    Identity,
    IndexPart,
    OwnSequence,
    PrimaryKeyDef,
    Statement,
    UniqueDef,
)
from bdc.ddl.printer import literal
from bdc.ir import (
    Check,
    Column,
    Exclusion,
    Expr,
    ForeignKey,
    Index,
    IndexKey,
    SqlText,
    SystemIR,
    Table,
    UniqueKey,
)
from bdc.query.expressions import lower
from bdc.query.scope import Scope
from bdc.query.search import search_vector
from bdc.query.trees import print_sql
from bdc.schema.column_types import column_type, type_condition
from bdc.schema.names import name_of
from bdc.schema.partitions import create_partitions, partition_by
from bdc.source.records import replace

_IDENTITY: dict[str, Identity] = {"always": "always", "by_default": "by default"}


class TableBuilder:
    """Makes the statements of one table."""

    def __init__(self, system: SystemIR, table: Table) -> None:
        self._system = system
        self._table = table
        self._name = name_of(table)
        self._scope = Scope(system).at(table.entity, "")

    def create(self) -> Iterator[Statement]:
        """Yield the table, its indexes and its comments: all that needs no other table."""
        columns = tuple(self._column(column) for column in self._table.columns)
        by = partition_by(self._table.partitioning)
        yield CreateTable(
            self._name,
            columns,
            tuple(self._constraints()),
            self._table.unlogged,
            partition_by=by,
            options=self._table.storage,
        )
        yield from self._own_sequences()
        yield from create_partitions(self._system, self._table)
        yield from self.indexes()
        yield from self._comments()

    def foreign_keys(self, implied: Collection[tuple[str, str]] = ()) -> Iterator[Statement]:
        """Yield the references, but for those that `implied` names as (table, key)."""
        for key in self._table.foreign_keys:
            if (self._table.name, key.name) not in implied:
                yield AddForeignKey(
                    self._name, _foreign_key(key, name_of(self._system.table(key.target_table)))
                )

    def sequences(self) -> Iterator[CreateSequence]:
        """Yield what serial columns take their numbers from."""
        for column in self._table.columns:
            if column.sequence is not None:
                yield CreateSequence(
                    Name(column.sequence, self._name.schema), column_type(column), column.numbering
                )

    def _own_sequences(self) -> Iterator[OwnSequence]:
        for column in self._table.columns:
            if column.sequence is not None:
                yield OwnSequence(Name(column.sequence, self._name.schema), self._name, column.name)

    def _column(self, column: Column) -> ColumnDef:
        default = self._text(column.default) if column.default is not None else None
        if column.sequence is not None:
            sequence = qualified(Name(column.sequence, self._name.schema))
            default = f"nextval({literal(sequence)}::regclass)"
        return ColumnDef(
            column.name,
            column_type(column),
            not column.nullable,
            default,
            identity=_IDENTITY[column.identity] if column.identity is not None else None,
            numbering=column.numbering if column.identity is not None else "",
            generated=self._immutable(column.generated) if column.generated is not None else None,
            virtual=column.virtual,
            collation=quote(column.collation) if column.collation is not None else None,
        )

    def _constraints(self) -> Iterator[Constraint]:
        if self._table.primary_key is not None:
            yield PrimaryKeyDef(self._table.primary_key.name, self._table.primary_key.columns)
        for key in self._table.uniques:
            if not is_index(key):
                yield UniqueDef(
                    key.name, key.columns, key.include, key.nulls_not_distinct, key.deferrable, key.deferred
                )
        for check in self._table.checks:
            yield from self._check(check)
        for exclusion in self._table.exclusions:
            yield self._exclusion(exclusion)

    def _exclusion(self, found: Exclusion) -> ExclusionDef:
        parts = tuple(self._part(key) for key in found.keys)
        return ExclusionDef(
            found.name,
            found.method,
            tuple(zip(parts, found.operators, strict=True)),
            self._immutable(found.where) if found.where is not None else None,
            found.deferrable,
            found.deferred,
        )

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
            if is_index(key):
                yield self._unique_index(key)
        for index in self._table.indexes:
            yield self._index(index)

    def _unique_index(self, key: UniqueKey) -> CreateIndex:
        keys = key.keys or tuple(IndexKey(column=column) for column in key.columns)
        return CreateIndex(
            key.name,
            self._name,
            tuple(self._part(each) for each in keys),
            unique=True,
            where=self._immutable(key.where) if key.where is not None else None,
            include=key.include,
            nulls_not_distinct=key.nulls_not_distinct,
            options=key.options,
        )

    def _index(self, index: Index) -> CreateIndex:
        where = self._immutable(index.where) if index.where is not None else None
        if index.search:
            columns = [key.column for key in index.keys if key.column is not None]
            parts: tuple[IndexPart, ...] = (IndexPart(None, expression=search_vector(self._table, columns)),)
        else:
            parts = tuple(self._part(key) for key in index.keys)
        return CreateIndex(
            index.name,
            self._name,
            parts,
            index.method,
            where=where,
            include=index.include,
            options=index.options,
        )

    def _part(self, key: IndexKey) -> IndexPart:
        return IndexPart(
            key.column,
            key.descending,
            self._immutable(key.expr) if key.expr is not None else None,
            key.operator_class,
            quote(key.collation) if key.collation is not None else None,
            key.nulls_first,
        )

    def _comments(self) -> Iterator[CommentOn]:
        if self._table.doc:
            yield CommentOn("table", self._name, self._table.doc)
        for column in self._table.columns:
            if column.doc:
                yield CommentOn("column", self._name, column.doc, column.name)

    def _text(self, expr: Expr, *, immutable: bool = False) -> str:
        scope = replace(self._scope, immutable=immutable)
        return expr.sql if isinstance(expr, SqlText) else print_sql(lower(expr, scope))

    def _immutable(self, expr: Expr) -> str:
        """Return the text of an expression that PostgreSQL keeps the values of: it may not depend on the session."""
        return self._text(expr, immutable=True)


def is_index(key: UniqueKey) -> bool:
    """Whether a unique is an index of its own and no constraint."""
    return key.index or key.where is not None


def _foreign_key(key: ForeignKey, target: Name) -> ForeignKeyDef:
    return ForeignKeyDef(
        key.name,
        key.columns,
        target,
        key.target_columns,
        key.on_delete.replace("_", " "),
        key.set_null_columns,
        key.on_update.replace("_", " "),
        key.match_full,
        deferrable=key.deferrable != "no",
        deferred=key.deferrable == "deferred",
    )
