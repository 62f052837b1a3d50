"""Entities, enums, structs: resolved."""

from itertools import takewhile
from typing import Literal, TypeGuard

from bdc import ir
from bdc.diagnostics import Names
from bdc.model.nodes.evolution import Removal
from bdc.model.nodes.partition import Partitioning
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast

Action = Literal["no_action", "restrict", "cascade", "set_null", "set_default"]
Identity = Literal["always", "by_default"]
Generated = Literal["stored", "virtual"]
Deferral = Literal["no", "immediate", "deferred"]
Method = Literal["btree", "gin", "gist", "spgist", "hash", "brin", "hnsw", "ivfflat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What every field has. `span` is where its name is written; `declared` how. `hidden`: no answer has it."""

    name: str
    span: Span
    declared: ast.FieldDecl
    doc: str = ""
    deprecated: str | None = None
    graphql: str | None = None  # what `@graphql` calls it
    was: tuple[str, ...] = ()
    hidden: bool = False
    since: str | None = None  # the first version of an api that shows it
    removed: str | None = None  # the first that does not any more


@dataclass(frozen=True, slots=True)
class Embedded:
    """A member of a struct in a column of its own."""

    member: str
    column: str
    type: ir.Type
    nullable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarField(Member):
    type: ir.Type
    nullable: bool = False
    column: str
    default: ir.Expr | None = None
    readonly: bool = False
    immutable: bool = False
    encrypted: bool = False
    pii: bool = False
    searchable: bool = False
    unique: bool = False
    stamp: ir.Stamp | None = None
    identity: Identity | None = None
    numbering: str = ""  # options of the sequence, as SQL text
    sequence: str | None = None  # of a serial column; "": by the name that PostgreSQL gives it
    collation: str | None = None

    @property
    def numbered(self) -> bool:
        """Whether the database gives each row its number."""
        return self.identity is not None or self.sequence is not None

    @property
    def is_made(self) -> bool:
        """Whether a row that says nothing of the field has a value there, by default or by number."""
        return self.default is not None or self.numbered

    backfill: ir.Expr | None = None
    examples: tuple[ir.Expr, ...] = ()
    embedded: tuple[Embedded, ...] = ()
    carries: str | None = None  # the reference that it was made for


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceField(Member):
    """`column` carries the relation itself; the tenant column before it is decided in lowering. `carriers` are the fields that carry
    it instead, `goals` the columns of the target that they lead to, in the same order; `column` is then that of the first."""

    target: str
    nullable: bool = False
    column: str
    on_delete: Action = "no_action"
    on_update: Action = "no_action"
    deferrable: Deferral = "no"
    match_full: bool = False
    unindexed: bool = False
    key_name: str | None = None
    carriers: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    tenant: bool = False
    immutable: bool = False
    readonly: bool = False
    unique: bool = False
    default: ir.Expr | None = None  # the caller
    backfill: ir.Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionField(Member):
    """`inverse` is '' until relations are resolved, and stays so where they could not be."""

    target: str
    inverse: str = ""
    through: str | None = None
    far: str | None = None
    owned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedField(Member):
    """`kept`: a column of its own, written with the row or worked out when it is read; None: part of every query."""

    type: ir.Type
    nullable: bool = False
    expr: ir.Expr | None = None
    kept: Generated | None = None
    column: str = ""
    collation: str | None = None


Field = ScalarField | ReferenceField | CollectionField | ComputedField


def led_by(entity: "Entity", reference: str | None) -> frozenset[str]:
    """Return the fields that the row which `reference` leads to decides: the reference, and what carries it; none for None."""
    field = entity.find(reference) if reference is not None else None
    return frozenset((field.name, *field.carriers)) if isinstance(field, ReferenceField) else frozenset()


def has_column(field: Field) -> TypeGuard[ScalarField | ReferenceField | ComputedField]:
    """Say whether a field has a column of its own."""
    if isinstance(field, ReferenceField):
        return not field.carriers
    return isinstance(field, ScalarField) or (isinstance(field, ComputedField) and field.kept is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexKey:
    """A field, or an expression over the row."""

    field: str | None = None
    expr: ir.Expr | None = None
    descending: bool = False
    collation: str | None = None
    operator_class: str | None = None
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """The error that a write is refused with when it breaks a constraint."""

    error: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How PostgreSQL keeps a key or an index. `name`: what it is called, where that does not follow from its fields. `index`: a
    unique that is an index and no constraint."""

    name: str | None = None
    include: tuple[str, ...] = ()
    options: str | None = None
    index: bool = False
    nulls_not_distinct: bool = False
    deferrable: bool = False
    deferred: bool = False
    raises: Raised | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    keys: tuple[IndexKey, ...]
    where: ir.Expr | None
    span: Span
    was: tuple[str, ...] = ()
    kept: Kept = Kept()

    @property
    def fields(self) -> tuple[str, ...]:
        """The leading keys that are fields."""
        return leading_fields(self.keys)


@dataclass(frozen=True, slots=True)
class Index:
    keys: tuple[IndexKey, ...]
    method: Method
    where: ir.Expr | None
    span: Span
    was: tuple[str, ...] = ()
    kept: Kept = Kept()

    @property
    def fields(self) -> tuple[str, ...]:
        """The leading keys that are fields."""
        return leading_fields(self.keys)


def leading_fields(keys: tuple[IndexKey, ...]) -> tuple[str, ...]:
    return tuple(key.field for key in takewhile(lambda key: key.field is not None, keys) if key.field)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """No two rows whose keys all compare with their `operators`."""

    name: str
    span: Span
    method: Method
    keys: tuple[IndexKey, ...]
    operators: tuple[str, ...]
    where: ir.Expr | None
    was: tuple[str, ...] = ()
    kept: Kept = Kept()


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    condition: ir.Expr | None
    span: Span
    was: tuple[str, ...] = ()
    given: str | None = None  # what the database calls it, where that does not follow from its name
    raises: Raised | None = None


@dataclass(frozen=True, slots=True)
class Sql:
    """`sql \"\"\"…\"\"\"` of an entity or a module, named by its place."""

    name: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class SqlExpression:
    """`sql("…")`: `span` is the string as it is written. `entity`: over the row of which it is; None: of no row. `place` says where it
    stands, in words. `domain`: it is over VALUE."""

    text: str
    span: Span
    entity: str | None
    place: str
    domain: bool = False


@dataclass(frozen=True, slots=True)
class Arc:
    """A choice between references: exactly one of `fields` leads somewhere, or (`optional`) at most one."""

    name: str
    fields: tuple[str, ...]
    optional: bool
    span: Span


@dataclass(frozen=True, slots=True)
class View:
    """What makes an entity a view: the entity it is over, of which rows, and what each field shows.

    `refresh`: after how many seconds a materialized one is worked out anew; None: by hand."""

    source: str
    declared: ast.ViewDecl
    where: ir.Expr | None = None
    group: tuple[ir.Expr, ...] = ()
    having: ir.Expr | None = None
    values: tuple[tuple[str, ir.Expr], ...] = ()
    materialized: bool = False
    refresh: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """`fields` in order: its own, then those of its mixins. `members` are the uniques, indexes, checks and policy rules as
    they were written, its own and those of its mixins."""

    name: str
    span: Span
    module: str
    doc: str = ""
    graphql: str | None = None
    table: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    key_name: str | None = None
    schema: str | None = None
    keyless: bool = False
    unlogged: bool = False
    storage: str | None = None
    unguarded: bool = False
    postgres_names: bool = False
    tenant: str | None = None
    tenant_root: bool = False
    audited: bool = False
    versioned: bool = False
    soft_delete: str | None = None
    restore_deleted: bool = False
    owner: str | None = None
    uniques: tuple[Unique, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    members: tuple[ast.Member, ...] = ()
    was: tuple[str, ...] = ()
    dropped: tuple[Removal, ...] = ()
    arcs: tuple[Arc, ...] = ()
    view: View | None = None
    partitioned: ast.Attribute | None = None  # as it was written
    partitioning: Partitioning | None = None
    made: bool = False  # a relation asks for it
    unread: frozenset[str] = frozenset()  # names of fields that could not be read; "*": unknown which

    def is_unread(self, name: str) -> bool:
        """Say whether `name` may be a field that was reported already."""
        return name in self.unread or "*" in self.unread

    def find(self, name: str) -> Field | None:
        for field in self.fields:
            if field.name == name:
                return field
        return None

    @property
    def field_names(self) -> Names:
        return Names.of((field.name, field.was) for field in self.fields)
