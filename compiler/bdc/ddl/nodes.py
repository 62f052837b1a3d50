"""What makes objects, as data: what is said, not how it is written (`printer.py`).

Conditions and expressions inside are SQL text; types are spelled as PostgreSQL's `format_type` spells them.
"""

from dataclasses import field
from typing import Literal

from bdc.ddl.names import Name
from bdc.source.records import dataclass

Command = Literal["all", "select", "insert", "update", "delete"]
Identity = Literal["always", "by default"]


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """`generated`: the expression of a generated column, kept (`stored`) or computed when read (`virtual`). `collation` is SQL
    text, quoted already (`"C"`)."""

    name: str
    type: str
    not_null: bool = True
    default: str | None = None
    identity: Identity | None = None
    numbering: str = field(default="", kw_only=True)
    generated: str | None = None
    virtual: bool = False
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class PrimaryKeyDef:
    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class UniqueDef:
    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class CheckDef:
    name: str
    condition: str
    no_inherit: bool = False


@dataclass(frozen=True, slots=True)
class ExclusionDef:
    """`elements`: key (as in an index) and operator."""

    name: str
    method: str
    elements: tuple[tuple["IndexPart", str], ...]
    where: str | None = None
    deferrable: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKeyDef:
    """`on_delete` and `on_update` as PostgreSQL spells them; `set_null_columns` limits what SET NULL clears."""

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


Constraint = PrimaryKeyDef | UniqueDef | CheckDef | ExclusionDef


@dataclass(frozen=True, slots=True)
class CreateSchema:
    name: str


@dataclass(frozen=True, slots=True)
class CreateExtension:
    name: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class CreateEnum:
    name: Name
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreateDomain:
    name: Name
    type: str
    not_null: bool = False
    default: str | None = None
    checks: tuple[CheckDef, ...] = ()
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class CreateSequence:
    """`options` as SQL text (`increment by 2 cache 10`); the column that owns it is said by `OwnSequence`."""

    name: Name
    type: str = "bigint"
    options: str = ""


@dataclass(frozen=True, slots=True)
class OwnSequence:
    """The sequence goes when the column goes."""

    sequence: Name
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class CreateTable:
    """`partition_by` as SQL text (`range (created_at)`)."""

    name: Name
    columns: tuple[ColumnDef, ...]
    constraints: tuple[Constraint, ...] = ()
    unlogged: bool = False
    partition_by: str | None = None
    options: str | None = None


@dataclass(frozen=True, slots=True)
class CreatePartition:
    """`bound` as SQL text (`for values from ('2026-01-01') to ('2026-02-01')`, `default`)."""

    name: Name
    parent: Name
    bound: str
    partition_by: str | None = None
    options: str | None = None


@dataclass(frozen=True, slots=True)
class AddForeignKey:
    """`valid=False` adds it NOT VALID: new rows are held to it, old ones are not looked at."""

    table: Name
    key: ForeignKeyDef
    valid: bool = True


@dataclass(frozen=True, slots=True)
class AddCheck:
    """`valid=False` adds it NOT VALID: new rows are held to it, old ones are not looked at."""

    table: Name
    check: CheckDef
    valid: bool = True


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A column, or an expression (then `column` is None)."""

    column: str | None
    descending: bool = False
    expression: str | None = None
    operator_class: str | None = None
    collation: str | None = None
    nulls_first: bool | None = None  # None: what the direction implies


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """`options` as SQL text (`fillfactor = 70`). `only`: not on the partitions."""

    name: str
    table: Name
    parts: tuple[IndexPart, ...]
    method: str = "btree"
    unique: bool = False
    where: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    options: str | None = None
    concurrently: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class EnableRowSecurity:
    """ENABLE and FORCE: the owner is held to the policies too. Not `enabled`: FORCE alone, which says nothing yet."""

    table: Name
    force: bool = True
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class CreatePolicy:
    name: str
    table: Name
    command: Command
    roles: tuple[str, ...]
    restrictive: bool = False
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class CreateFunction:
    """`parameters` and `returns` as SQL text. `search_path` is pinned: nothing that a caller puts in the way is found."""

    name: Name
    body: str
    parameters: str = ""
    returns: str = "trigger"
    language: str = "plpgsql"
    definer: bool = False
    volatility: str = "volatile"
    search_path: str = "pg_catalog, pg_temp"


@dataclass(frozen=True, slots=True)
class CreateRoutine:
    """A function or procedure whose whole definition is text. `signature`: its parenthesised types of arguments."""

    name: Name
    signature: str
    sql: str
    kind: Literal["function", "procedure", "aggregate"] = "function"


@dataclass(frozen=True, slots=True)
class CreateView:
    """`options` as SQL text (`security_invoker = true`). A materialized view is made with its rows."""

    name: Name
    query: str
    materialized: bool = False
    options: str | None = None


@dataclass(frozen=True, slots=True)
class CreateTrigger:
    """`events` as SQL text (`update of status`); `when` keeps the function from being called at all."""

    name: str
    table: Name
    timing: Literal["before", "after"]
    events: str
    function: Name
    arguments: tuple[str, ...] = ()
    when: str | None = None
    per_row: bool = True


@dataclass(frozen=True, slots=True)
class CreateTriggerText:
    """A trigger whose whole definition is text. `enabled`: as ALTER TABLE says it."""

    name: str
    table: Name
    sql: str
    function: Name | None = None
    enabled: Literal["origin", "disabled", "always", "replica"] = "origin"


@dataclass(frozen=True, slots=True)
class Privilege:
    """One right, on the whole object or (`columns`) on some columns of a table."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """`kind`: table, schema, function… A function's name carries its `signature`. `grantable`: the roles may pass it on."""

    privileges: tuple[Privilege, ...]
    kind: str
    target: Name
    roles: tuple[str, ...]
    signature: str | None = None
    grantable: bool = False


@dataclass(frozen=True, slots=True)
class CommentOn:
    """`part`: what of the target is meant (a column of a table; for a constraint, trigger or policy its own name). A function's name
    carries its `signature`. No text removes it."""

    kind: str
    target: Name
    text: str | None
    part: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """An object that only SQL text describes (`sql` of a specification, what a catalog has beside tables): `kind` and `key` say which
    it is, `drop` how it goes; without `drop` it is not to be replaced."""

    kind: str
    key: str
    sql: str
    drop: str | None = None
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """SQL that no object stands behind: blocks of procedural code, settings of the transaction."""

    sql: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading for the reader."""

    title: str


@dataclass(frozen=True, slots=True)
class DropTable:
    name: Name


@dataclass(frozen=True, slots=True)
class DropSchema:
    name: str


Statement = (
    CreateSchema
    | CreateExtension
    | CreateEnum
    | CreateDomain
    | CreateSequence
    | OwnSequence
    | CreateTable
    | CreatePartition
    | AddForeignKey
    | AddCheck
    | CreateIndex
    | EnableRowSecurity
    | CreatePolicy
    | CreateFunction
    | CreateRoutine
    | CreateView
    | CreateTrigger
    | CreateTriggerText
    | Grant
    | CommentOn
    | Object
    | DropTable
    | DropSchema
    | Script
    | Section
)
