"""The physical side of data: tables as PostgreSQL will hold them, every name decided."""

from typing import Literal as Kind

from bdc.ir.base import Node, Origin
from bdc.ir.evolution import Removal
from bdc.ir.expr import Expr
from bdc.ir.partition import Partitioning
from bdc.ir.types import Type


class Column(Node):
    """`type` is the logical type (an enum column is text with a CHECK, a struct column jsonb, an encrypted column text).
    `default` holds only what the database can evaluate for the row alone; others are in the operations."""

    name: str
    type: Type
    nullable: bool = False
    default: Expr | None = None
    encrypted: bool = False
    immutable: bool = False
    was: tuple[str, ...] = ()
    backfill: Expr | None = None
    doc: str = ""
    origin: Origin | None = None


class PrimaryKey(Node):
    name: str
    columns: tuple[str, ...]


class UniqueKey(Node):
    """`where` makes it a partial unique index; without it, a constraint."""

    name: str
    columns: tuple[str, ...]
    where: Expr | None = None
    was: tuple[str, ...] = ()
    origin: Origin | None = None


class IndexKey(Node):
    column: str
    descending: bool = False


class Index(Node):
    """`search`: a GIN index over the text-search vector of the listed columns (`keys`)."""

    name: str
    keys: tuple[IndexKey, ...]
    where: Expr | None = None
    method: Kind["btree", "gin", "gist", "hash", "brin"] = "btree"
    search: bool = False
    was: tuple[str, ...] = ()
    origin: Origin | None = None


class ForeignKey(Node):
    """`set_null_columns`: what ON DELETE SET NULL clears, where that is not all of them (never the tenant)."""

    name: str
    columns: tuple[str, ...]
    target_table: str
    target_columns: tuple[str, ...]
    on_delete: Kind["no_action", "restrict", "cascade", "set_null", "set_default"] = "no_action"
    set_null_columns: tuple[str, ...] = ()
    on_update: Kind["no_action", "restrict", "cascade", "set_null", "set_default"] = "no_action"
    deferrable: Kind["no", "immediate", "deferred"] = "no"
    match_full: bool = False
    origin: Origin | None = None


class Check(Node):
    """`expr` is over the row. Checks that follow from a type (length, range, pattern, enum) are listed here too."""

    name: str
    expr: Expr | None = None
    column: str | None = None  # a check that follows from the column's type; the emitter derives it
    was: tuple[str, ...] = ()
    origin: Origin | None = None


class SqlBlock(Node):
    """`sql \"\"\"…\"\"\"`: an escape, carried through as it is."""

    name: str
    sql: str
    origin: Origin


class Table(Node):
    """One table of entity `entity`. Column order is declaration order. `tenant_column`: the column that the tenant floor
    compares (the key column itself on the tenant root)."""

    name: str
    entity: str
    columns: tuple[Column, ...]
    primary_key: PrimaryKey | None
    uniques: tuple[UniqueKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    tenant_column: str | None = None
    was: tuple[str, ...] = ()
    dropped: tuple[Removal, ...] = ()
    partitioning: Partitioning | None = None
    doc: str = ""
    origin: Origin | None = None

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        for found in self.columns:
            if found.name == name:
                return found
        raise KeyError(f"{self.name}.{name}")
