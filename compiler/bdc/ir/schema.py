"""The physical side of data: tables as PostgreSQL will hold them, every name decided."""

from functools import cached_property
from typing import Literal as Kind

from bdc.ir.base import Node, Origin
from bdc.ir.evolution import Removal
from bdc.ir.expr import Expr
from bdc.ir.partition import Partitioning
from bdc.ir.types import ScalarType, Type


class Column(Node):
    """`type` is the logical type (an enum column is text with a CHECK, a struct column jsonb, an encrypted column text).
    `default` holds only what the database can evaluate for the row alone; others are in the operations."""

    name: str
    type: Type
    nullable: bool = False
    default: Expr | None = None
    identity: Kind["always", "by_default"] | None = None
    numbering: str = ""
    sequence: str | None = None  # what a serial column takes its numbers from; it goes when the column goes
    generated: Expr | None = None  # over the row; kept with it, or (`virtual`) worked out when it is read
    virtual: bool = False
    collation: str | None = None
    encrypted: bool = False
    immutable: bool = False
    was: tuple[str, ...] = ()
    backfill: Expr | None = None
    fallback: Expr | None = (
        None  # what old rows get where nothing else is said: of a member of an embedded struct
    )
    doc: str = ""
    origin: Origin | None = None


class PrimaryKey(Node):
    name: str
    columns: tuple[str, ...]


class IndexKey(Node):
    """A column or an expression over the row."""

    column: str | None = None
    expr: Expr | None = None
    descending: bool = False
    nulls_first: bool | None = None  # None: what the direction implies
    collation: str | None = None
    operator_class: str | None = None


class UniqueKey(Node):
    """`where` and `index` make it a unique index, of `keys` where those are more than `columns`; without them it is a constraint."""

    name: str
    columns: tuple[str, ...]
    where: Expr | None = None
    index: bool = False
    keys: tuple[IndexKey, ...] = ()
    include: tuple[str, ...] = ()
    options: str | None = None
    nulls_not_distinct: bool = False
    deferrable: bool = False
    deferred: bool = False
    was: tuple[str, ...] = ()
    raises: str = ""  # the error that a write is refused with; '': the general refusal
    origin: Origin | None = None


class Index(Node):
    """`search`: a GIN index over the text-search vector of the listed columns (`keys`)."""

    name: str
    keys: tuple[IndexKey, ...]
    where: Expr | None = None
    method: Kind["btree", "gin", "gist", "spgist", "hash", "brin", "hnsw", "ivfflat"] = "btree"
    include: tuple[str, ...] = ()
    options: str | None = None
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
    raises: str = ""
    origin: Origin | None = None


class Exclusion(Node):
    """No two rows whose keys all compare with their `operators` (`=`, `&&`)."""

    name: str
    method: Kind["btree", "gin", "gist", "spgist", "hash", "brin", "hnsw", "ivfflat"]
    keys: tuple[IndexKey, ...]
    operators: tuple[str, ...]
    where: Expr | None = None
    deferrable: bool = False
    deferred: bool = False
    was: tuple[str, ...] = ()
    raises: str = ""
    origin: Origin | None = None


class DomainCheck(Node):
    """SQL over VALUE; without a name, PostgreSQL's own."""

    name: str | None = None
    sql: str


class DomainDecl(Node):
    """A type with its constraints, once for all columns of it: those of `type` (whose `db` is what it stands on), and `checks`.
    `name`: in the specification."""

    name: str
    domain: str
    schema_name: str | None = None
    type: ScalarType
    not_null: bool = False
    checks: tuple[DomainCheck, ...] = ()
    doc: str = ""
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
    schema_name: str | None = (
        None  # where it stands, if not in `public`; names of tables are unique over all of them
    )
    entity: str
    columns: tuple[Column, ...]
    primary_key: PrimaryKey | None = None
    unlogged: bool = False
    storage: str | None = None
    uniques: tuple[UniqueKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    tenant_column: str | None = None
    was: tuple[str, ...] = ()
    dropped: tuple[Removal, ...] = ()
    partitioning: Partitioning | None = None
    doc: str = ""
    origin: Origin | None = None

    @property
    def raising(self) -> dict[str, str]:
        """The errors that constraints raise, by the name of the constraint; '' for the general refusal."""
        found = {each.name: each.raises for each in self.uniques}
        found |= {each.name: each.raises for each in self.exclusions}
        return found | {each.name: each.raises for each in self.checks}

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        found = self._columns.get(name)
        if found is None:
            raise KeyError(f"{self.name}.{name}")
        return found

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {column.name: column for column in reversed(self.columns)}
