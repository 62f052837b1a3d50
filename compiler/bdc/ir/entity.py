"""The logical side of data: what an API, a policy or a handler sees. Columns are named here and described in `schema`."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated
from typing import Literal as Kind

from pydantic import Field

from bdc.ir.base import Node, Origin
from bdc.ir.evolution import Removal
from bdc.ir.expr import Expr
from bdc.ir.types import Type
from bdc.naming.references import key_member


class EnumValue(Node):
    """`label`: what is stored and shown where that is not the name; '' where it is."""

    name: str
    label: str = ""
    doc: str = ""
    deprecated: str | None = None
    was: tuple[str, ...] = ()


def label_of(value: EnumValue) -> str:
    """Return how a value is stored and shown."""
    return value.label or value.name


class EnumDecl(Node):
    """`native`: the PostgreSQL enum that its columns are of; None: they are text with a CHECK. `native_was`: what that may have been
    called before."""

    name: str
    values: tuple[EnumValue, ...]
    native: str | None = None
    native_was: tuple[str, ...] = ()
    schema_name: str | None = None
    was: tuple[str, ...] = ()
    dropped: tuple[Removal, ...] = ()
    doc: str = ""
    graphql: str | None = None
    origin: Origin


class StructField(Node):
    name: str
    type: Type
    nullable: bool = False
    default: Expr | None = None
    doc: str = ""
    pii: bool = False
    graphql: str | None = None
    was: tuple[str, ...] = ()
    backfill: Expr | None = None


class StructDecl(Node):
    """A value object: stored as one jsonb column, or the result of a SQL operation."""

    name: str
    fields: tuple[StructField, ...]
    dropped: tuple[Removal, ...] = ()
    doc: str = ""
    graphql: str | None = None
    origin: Origin


class Stamp(StrEnum):
    """Values that the system sets and no caller ever may."""

    CREATED = "created"  # now() when the row is written
    TOUCHED = "touched"  # now() at every write
    DELETED = "deleted"  # soft deletion; rows that have it are invisible
    VERSION = "version"  # optimistic lock: starts at 1, +1 at every update; the ETag


class _Member(Node):
    """`hidden`: no answer has it, whatever the caller is. `since` and `removed`: the first version of an api that shows it, and the first
    that does not any more."""

    name: str
    doc: str = ""
    deprecated: str | None = None
    graphql: str | None = None  # what `@graphql` calls it
    was: tuple[str, ...] = ()
    hidden: bool = False
    since: str | None = None
    removed: str | None = None
    origin: Origin

    @property
    def member(self) -> str:
        """Its name in JSON: that of the key for a reference."""
        return self.name


class Embedded(Node):
    """A member of a struct in a column of its own."""

    member: str
    column: str
    type: Type
    nullable: bool = False


class ScalarField(_Member):
    """A scalar, enum, struct (one jsonb column) or array of these, in one column.

    `readonly`: never accepted from a caller. `immutable`: accepted at creation only. `default` may be a path over the new
    row's relations (`product.price`): the database evaluates it when the row is written, and it is never accepted from a caller.
    `embedded`: a struct whose members have columns of their own (`column` is then the first).
    """

    kind: Kind["scalar"] = "scalar"
    type: Type
    nullable: bool = False
    column: str
    embedded: tuple[Embedded, ...] = ()
    default: Expr | None = None
    readonly: bool = False
    immutable: bool = False
    encrypted: bool = False
    pii: bool = False
    searchable: bool = False
    unique: bool = False
    stamp: Stamp | None = None
    numbered: bool = False  # the database gives each row its number, of a sequence
    examples: tuple[Expr, ...] = ()  # constants that the specification gives as examples


class ReferenceField(_Member):
    """A to-one relation. `columns[i]` of this table refers to `target_columns[i]`; with tenants the first pair is the
    tenant. `column` is the one that carries the relation itself (`customer_id`). In JSON: `<name>_id`, and `<name>` when expanded.

    `default`: the caller, where no value is given.

    `carriers`: the fields that carry it where one column cannot, or which were there for it. It has no column and no member of its
    own then (`column` is that of the first): callers read and write those fields."""

    kind: Kind["reference"] = "reference"
    target: str
    nullable: bool = False
    column: str
    columns: tuple[str, ...]
    target_columns: tuple[str, ...]
    carriers: tuple[str, ...] = ()
    on_delete: Kind["no_action", "restrict", "cascade", "set_null", "set_default"] = "no_action"
    tenant: bool = False
    immutable: bool = False
    readonly: bool = False
    default: Expr | None = None

    @property
    def member(self) -> str:
        return key_member(self.name)


class CollectionField(_Member):
    """A to-many relation: the rows of `target` whose reference `inverse` points here; or, with `through`, the rows of
    `target` that `through.far` points at where `through.near` (= `inverse`) points here. `owned`: written with its parent."""

    kind: Kind["collection"] = "collection"
    target: str
    inverse: str
    through: str | None = None
    far: str | None = None
    owned: bool = False


class ComputedField(_Member):
    """An expression over the row: compiled into the queries that read it, or in a `column` that PostgreSQL fills."""

    kind: Kind["computed"] = "computed"
    type: Type
    nullable: bool = False
    expr: Expr
    column: str | None = None


EntityField = Annotated[
    ScalarField | ReferenceField | CollectionField | ComputedField, Field(discriminator="kind")
]


class Arc(Node):
    """A choice between references, `subject: Quote | Ticket`: exactly one of `fields` leads somewhere, or (`optional`) at most one. A CHECK
    of the table holds it."""

    name: str
    fields: tuple[str, ...]
    optional: bool = False


class Entity(Node):
    """A table and everything that follows from it.

    `key`: names of the key fields (scalars or references), without the tenant. `tenant`: name of the reference to the
    tenant root; `tenant_root` is true on that root itself. `unguarded`: a table with no rules of ours, which no api reaches. Tables, columns and constraint names: `SystemIR.table(table)`.
    """

    name: str
    plural: str
    module: str
    doc: str = ""
    graphql: str | None = None
    table: str
    schema_name: str | None = None
    fields: tuple[EntityField, ...]
    key: tuple[str, ...]
    tenant: str | None = None
    tenant_root: bool = False
    audited: bool = False
    versioned: bool = False
    soft_delete: str | None = None
    restore_deleted: bool = False  # rows that were deleted while it had `soft_delete` appear again
    unguarded: bool = False
    owner: str | None = None  # the reference to the parent whose @owned collection holds these rows
    was: tuple[str, ...] = ()
    arcs: tuple[Arc, ...] = ()
    projects: str | None = None  # it is this entity, as one of several apis offers it
    again: bool = False  # it is offered so by an api that has another resource of the entity
    origin: Origin

    @property
    def stored(self) -> str:
        """The entity whose rows these are: itself, or the one that it projects."""
        return self.projects or self.name

    def field(self, name: str) -> EntityField:
        """Return the field called `name`; KeyError when there is none."""
        found = self._fields.get(name)
        if found is None:
            raise KeyError(f"{self.name}.{name}")
        return found

    @cached_property
    def _fields(self) -> "dict[str, EntityField]":
        return {field.name: field for field in reversed(self.fields)}

    @property
    def numbered_key(self) -> ScalarField | None:
        """The field of the key that the database numbers."""
        found = (self.field(name) for name in self.key)
        return next((each for each in found if isinstance(each, ScalarField) and each.numbered), None)
