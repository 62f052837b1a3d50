"""What two states do not say themselves: which old thing a new one is, what may go, and what new columns hold in old rows."""

from typing import Literal

from bdc.ddl.names import Name
from bdc.plan.operation import Refusal
from bdc.source.records import dataclass

Kind = Literal[
    "schema",
    "extension",
    "table",
    "column",
    "enum",
    "enum value",
    "domain",
    "sequence",
    "view",
    "index",
    "constraint",
    "policy",
    "trigger",
    "routine",
    "other",
]


@dataclass(frozen=True, slots=True)
class Rename:
    """`old` is now `new`. `table`: the table (or view) it belongs to, by its new name; for an enum value the enum type, or, where the
    values are held by a check, the table, with `column` the column that holds them. Names of tables, types, views and sequences
    carry their schema (`sales.order`) unless that is `public`."""

    kind: Kind
    table: Name | None
    old: str
    new: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """`name` may go. `archive`: its rows or values are kept in the schema `bdc_archive`, so that the way back brings them back."""

    kind: Kind
    table: Name | None
    name: str
    archive: bool = True
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """What rows that exist get in `column`: an SQL expression over the columns of the row. For a column that changes its type, how
    the old value becomes the new one; but `again` means that it was said before this change already, so only for rows that have
    nothing."""

    table: Name
    column: str
    expression: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class ValueMember:
    """A member of the values inside a column, at `path` (names of members; lists are passed through). `was`: its former names. `value`:
    SQL of the jsonb value that it gets where there is none."""

    table: Name
    column: str
    path: tuple[str, ...]
    was: tuple[str, ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ValueRemoval:
    """The member at `path` of the values inside a column may go. `archive`: as of `Removal`."""

    table: Name
    column: str
    path: tuple[str, ...]
    archive: bool = True


@dataclass(frozen=True, slots=True)
class ValueLabel:
    """Values inside columns that are `old`, of the enum called `enum` in the specification, become `new`; without `new` there are none, or
    the migration is refused."""

    enum: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class ValueSeal:
    """What encrypted values of a column are bound to: `place`, SQL over the row (`sealed`), and to the key of the row or not."""

    table: Name
    column: str
    place: str
    by_row: bool


ValueWord = ValueMember | ValueRemoval | ValueLabel | ValueSeal


@dataclass(frozen=True, slots=True)
class Hints:
    """`narrowed`: policies, as (table, policy), that are known to allow no more than those they replace. `late`: triggers, as (table,
    trigger), and functions, as ("", `name()`), that refuse more than before: they change when no old version runs. `early`: triggers
    that refuse less. `values`: what is said of values
    inside columns. `refusals`: what the specifications do not say and have to, whatever the databases are."""

    renames: tuple[Rename, ...] = ()
    removals: tuple[Removal, ...] = ()
    backfills: tuple[Backfill, ...] = ()
    narrowed: frozenset[tuple[str, str]] = frozenset()
    late: frozenset[tuple[str, str]] = frozenset()
    early: frozenset[tuple[str, str]] = frozenset()
    values: tuple[ValueWord, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def spelled(name: Name) -> str:
    """Return a name as hints spell it."""
    return name.name if name.schema in (None, "public") else f"{name.schema}.{name.name}"
