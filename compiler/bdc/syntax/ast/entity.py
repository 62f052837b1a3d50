"""Entities and what may stand in one."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Argument, Expr
from bdc.syntax.ast.names import Attribute, Name, Path
from bdc.syntax.ast.partition import PartitionDecl
from bdc.syntax.ast.policy import PolicyBlock
from bdc.syntax.ast.sql import SqlBlock
from bdc.syntax.ast.types import TypeExpr


@dataclass(frozen=True, slots=True)
class FieldDecl(Node):
    """`name: Type = default @attribute`; relations look the same."""

    name: Name
    type: TypeExpr
    default: Expr | None = None
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class OperatorClass(Node):
    """`with gin_trgm_ops`, `with gist_trgm_ops(siglen: 32)`."""

    path: Path
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Column(Node):
    """`created_at desc`, `lower(email) collate "C"` in a key, a unique or an index. `nulls`: first or last."""

    key: Expr
    descending: bool = False
    collation: str | None = None
    operator_class: OperatorClass | None = None
    nulls: str | None = None


@dataclass(frozen=True, slots=True)
class KeyDecl(Node):
    """`id (product, tag)`."""

    columns: tuple[Column, ...]
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class UniqueDecl(Node):
    """`unique (org, number) where status != cancelled`."""

    columns: tuple[Column, ...]
    where: Expr | None = None
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class IndexDecl(Node):
    """`index using gin (attributes) where …`; without `using` a btree."""

    columns: tuple[Column, ...]
    method: Name | None = None
    where: Expr | None = None
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class CheckDecl(Node):
    """`check stock_not_negative (stock >= 0)`."""

    name: Name
    condition: Expr
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ExcludeElement(Node):
    """`room with "="`, `during with "&&"`."""

    column: Column
    operator: str


@dataclass(frozen=True, slots=True)
class ExcludeDecl(Node):
    """`exclude no_double_booking using gist (room with "=", during with "&&") where …`."""

    name: Name
    elements: tuple[ExcludeElement, ...]
    method: Name | None = None
    where: Expr | None = None
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class DroppedDecl(Node):
    """`dropped name @discard`: the field, or the value of an enum, is gone on purpose."""

    name: Name
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityDecl(Node):
    """`entity Order with Tenanted, Timestamps @audited { … }`. `made`: it is not in the text, a relation needs it."""

    name: Name
    mixins: tuple[Path, ...]
    attributes: tuple[Attribute, ...]
    members: tuple[Member, ...]
    doc: str = ""
    made: bool = False


Member = (
    FieldDecl
    | KeyDecl
    | UniqueDecl
    | IndexDecl
    | CheckDecl
    | ExcludeDecl
    | PartitionDecl
    | DroppedDecl
    | SqlBlock
    | PolicyBlock
    | Broken
)
