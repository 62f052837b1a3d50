"""Tables and what belongs to one."""

from typing import Literal

from bdc.catalog.base import Object
from bdc.catalog.shapes import Shape
from bdc.ddl.names import Name

Command = Literal["all", "select", "insert", "update", "delete"]


class Column(Object):
    """`type` as `format_type` spells it, `default` and `generated` as SQL text. `numbering`: options of an identity column, as SQL text,
    where they are not PostgreSQL's own. `collation` only where it is not the type's own.
    `shape`: what the specification says of the values inside; no server knows it."""

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    identity: Literal["always", "by default"] | None = None
    numbering: str = ""
    generated: str | None = None
    virtual: bool = False
    collation: str | None = None
    comment: str | None = None
    shape: Shape | None = None


class Key(Object):
    """A primary key or a unique constraint."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    deferred: bool = False
    comment: str | None = None


class Check(Object):
    name: str
    condition: str
    no_inherit: bool = False
    valid: bool = True
    comment: str | None = None


class ForeignKey(Object):
    name: str
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    on_delete: str = "no action"
    set_null_columns: tuple[str, ...] = ()
    on_update: str = "no action"
    match_full: bool = False
    deferrable: bool = False
    deferred: bool = False
    valid: bool = True
    comment: str | None = None


class IndexKey(Object):
    """A column, or an expression (then `column` is None). `nulls_first`: None where it is what the direction implies."""

    column: str | None = None
    expression: str | None = None
    descending: bool = False
    nulls_first: bool | None = None
    operator_class: str | None = None
    collation: str | None = None


class Exclusion(Object):
    name: str
    method: str
    elements: tuple[tuple[IndexKey, str], ...]
    where: str | None = None
    deferrable: bool = False
    deferred: bool = False
    comment: str | None = None


class Index(Object):
    """An index that no constraint stands on. `options` as SQL text (`fillfactor = 70`)."""

    name: str
    keys: tuple[IndexKey, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str | None = None
    nulls_not_distinct: bool = False
    options: str | None = None
    valid: bool = True
    comment: str | None = None


class Trigger(Object):
    """`definition`: the whole CREATE TRIGGER statement. `enabled`: as ALTER TABLE says it."""

    name: str
    definition: str
    function: Name | None = None
    enabled: Literal["origin", "disabled", "always", "replica"] = "origin"
    comment: str | None = None


class Policy(Object):
    name: str
    command: Command
    roles: tuple[str, ...]
    restrictive: bool = False
    using: str | None = None
    check: str | None = None
    comment: str | None = None


class Right(Object):
    """One privilege of one role; on one column of a table, or on the whole object."""

    role: str
    privilege: str
    column: str | None = None
    grantable: bool = False


class Table(Object):
    """`partition_by` (`range (created_at)`) makes it a partitioned table, `parent` and `bound` a partition. Order of columns is how
    they were declared; nothing else has an order."""

    name: Name
    columns: tuple[Column, ...] = ()
    primary_key: Key | None = None
    uniques: tuple[Key, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    rights: tuple[Right, ...] = ()
    row_security: bool = False
    force_row_security: bool = False
    partition_by: str | None = None
    parent: Name | None = None
    bound: str | None = None
    unlogged: bool = False
    options: str | None = None
    comment: str | None = None

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        for found in self.columns:
            if found.name == name:
                return found
        raise KeyError(f"{self.name.name}.{name}")
