"""Statements of the data definition language as data: what is said, not how it is written (`printer.py`).

Conditions and expressions inside are SQL text, printed from trees by the query room.
"""

from dataclasses import dataclass
from typing import Literal

Command = Literal["all", "select", "insert", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an object; without `schema` it is found in `public`."""

    name: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnDef:
    name: str
    type: str
    not_null: bool = True
    default: str | None = None


@dataclass(frozen=True, slots=True)
class PrimaryKeyDef:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UniqueDef:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckDef:
    name: str
    condition: str


@dataclass(frozen=True, slots=True)
class ForeignKeyDef:
    """`on_delete` as PostgreSQL spells it; `set_null_columns` limits what SET NULL clears."""

    name: str
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    on_delete: str = "no action"
    set_null_columns: tuple[str, ...] = ()


Constraint = PrimaryKeyDef | UniqueDef | CheckDef


@dataclass(frozen=True, slots=True)
class CreateSchema:
    name: str


@dataclass(frozen=True, slots=True)
class CreateTable:
    name: Name
    columns: tuple[ColumnDef, ...]
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class AddForeignKey:
    table: Name
    key: ForeignKeyDef


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A column, or an expression (then `column` is None)."""

    column: str | None
    descending: bool = False
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class CreateIndex:
    name: str
    table: Name
    parts: tuple[IndexPart, ...]
    method: str = "btree"
    unique: bool = False
    where: str | None = None


@dataclass(frozen=True, slots=True)
class EnableRowSecurity:
    """ENABLE and FORCE: the owner is held to the policies too."""

    table: Name


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
class Privilege:
    """One right, on the whole object or (`columns`) on some columns of a table."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """`kind`: table, schema, function. A function's name carries its `signature`."""

    privileges: tuple[Privilege, ...]
    kind: str
    target: Name
    roles: tuple[str, ...]
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class CommentOn:
    """`part`: a column of a table, or the table that a constraint or policy belongs to."""

    kind: Literal["table", "column", "schema"]
    target: Name
    text: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class DropTable:
    name: Name


@dataclass(frozen=True, slots=True)
class DropSchema:
    name: str


@dataclass(frozen=True, slots=True)
class Script:
    """SQL written by hand: the `sql` escape of a specification, and blocks of procedural code."""

    sql: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading for the reader."""

    title: str


Statement = (
    CreateSchema
    | CreateTable
    | AddForeignKey
    | CreateIndex
    | EnableRowSecurity
    | CreatePolicy
    | CreateFunction
    | CreateTrigger
    | Grant
    | CommentOn
    | DropTable
    | DropSchema
    | Script
    | Section
)
