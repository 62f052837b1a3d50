"""A database, and its objects beside tables."""

from typing import Literal

from bdc.catalog.base import Object
from bdc.catalog.tables import Check, Index, Right, Table, Trigger
from bdc.ddl.names import Name


class Schema(Object):
    name: str
    rights: tuple[Right, ...] = ()
    comment: str | None = None


class Extension(Object):
    name: str
    schema_name: str | None = None


class EnumType(Object):
    name: Name
    labels: tuple[str, ...]
    comment: str | None = None


class Domain(Object):
    name: Name
    type: str
    not_null: bool = False
    default: str | None = None
    checks: tuple[Check, ...] = ()
    collation: str | None = None
    comment: str | None = None


class Sequence(Object):
    """A sequence that no identity column stands on. `options` as SQL text, empty for PostgreSQL's own. `owner`: table and column."""

    name: Name
    type: str = "bigint"
    options: str = ""
    owner: tuple[Name, str] | None = None
    rights: tuple[Right, ...] = ()
    comment: str | None = None


class Routine(Object):
    """A function, procedure or aggregate. `signature` is its parenthesised types of arguments: with the name, what tells it apart."""

    name: Name
    signature: str
    definition: str
    kind: Literal["function", "procedure", "aggregate"] = "function"
    rights: tuple[Right, ...] = ()
    comment: str | None = None


class View(Object):
    name: Name
    query: str
    materialized: bool = False
    options: str | None = None
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rights: tuple[Right, ...] = ()
    comment: str | None = None
    column_comments: tuple[tuple[str, str], ...] = ()


class OtherObject(Object):
    """What only its statement describes: `kind` and `key` tell it apart, `drop` is how it goes (None: it cannot be taken back)."""

    kind: str
    key: str
    definition: str
    drop: str | None = None
    table: Name | None = None

    @property
    def refers(self) -> bool:
        """Whether it is a reference of its own kind (temporal, not enforced), which comes after the key that it points to."""
        return self.definition.lower().partition(" add constraint ")[2].find(" foreign key ") >= 0


class Comment(Object):
    """A comment on something that is none of the objects here."""

    kind: str
    target: Name
    part: str | None
    text: str


class Database(Object):
    """All objects. Each tuple is in an order in which its members can be made."""

    schemas: tuple[Schema, ...] = ()
    extensions: tuple[Extension, ...] = ()
    enums: tuple[EnumType, ...] = ()
    domains: tuple[Domain, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    tables: tuple[Table, ...] = ()
    routines: tuple[Routine, ...] = ()
    views: tuple[View, ...] = ()
    others: tuple[OtherObject, ...] = ()
    comments: tuple[Comment, ...] = ()

    def table(self, name: Name) -> Table:
        """Return the table called `name`; KeyError when there is none."""
        for found in self.tables:
            if found.name == name:
                return found
        raise KeyError(name)
