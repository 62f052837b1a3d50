"""What is offered: apis, resources, operations. Items keep the order they were written in."""

from __future__ import annotations

from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Argument, Expr, IntLiteral, ObjectLiteral, QuantityLiteral, StringLiteral
from bdc.syntax.ast.names import Attribute, Name, Path
from bdc.syntax.ast.sql import SqlBlock
from bdc.syntax.ast.types import TypeExpr


@dataclass(frozen=True, slots=True)
class AuthItem(Node):
    """`auth bearer, api_key`."""

    methods: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class LimitItem(Node):
    """`limit 600 per 1m by actor.id`."""

    count: IntLiteral
    per: QuantityLiteral
    by: Path | None = None


@dataclass(frozen=True, slots=True)
class GraphQLItem(Node):
    """`graphql at "/graphql" { depth: 8 }`."""

    path: StringLiteral
    settings: ObjectLiteral | None = None


@dataclass(frozen=True, slots=True)
class ProfileItem(Node):
    """`profile { names: camel  envelope: true }`."""

    settings: ObjectLiteral


@dataclass(frozen=True, slots=True)
class OpsItem(Node):
    """`ops list, get, create`."""

    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class PageItem(Node):
    """`page cursor(default: 20, max: 100)`."""

    kind: Name
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`created_at(range)`: the operators named, or none for the default of the type. `author.name as author`: what callers
    write for the path."""

    path: Path
    operators: tuple[Name, ...] = ()
    called: Name | None = None


@dataclass(frozen=True, slots=True)
class FilterItem(Node):
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class SearchItem(Node):
    """`search(prefix: true, rank: true) title, details`."""

    paths: tuple[Path, ...]
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class NearestItem(Node):
    """`nearest embedding using cosine`."""

    path: Path
    measure: Name


@dataclass(frozen=True, slots=True)
class OrderKey(Node):
    """`created_at desc`."""

    path: Path
    descending: bool = False


@dataclass(frozen=True, slots=True)
class SortItem(Node):
    """`sort created_at, title default created_at desc`: what callers may ask for, and the order of a list that they do not sort."""

    paths: tuple[Path, ...]
    order: tuple[OrderKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Expand(Node):
    """`items(max: 200) { product }`."""

    path: Path
    arguments: tuple[Argument, ...] = ()
    children: tuple[Expand, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpandItem(Node):
    expands: tuple[Expand, ...]


@dataclass(frozen=True, slots=True)
class InputMember(Node):
    """`note?`, `items @replace { product, quantity }`, `tags @by(name)`."""

    name: Name
    optional: bool = False
    children: tuple[InputMember, ...] | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowItem(Node):
    """`show list { id, title, author { name } }`: what rows show, everywhere or at `position`."""

    position: Name | None
    members: tuple[InputMember, ...]


@dataclass(frozen=True, slots=True)
class InputItem(Node):
    """`input create { number, customer, note? }`."""

    operation: Name
    members: tuple[InputMember, ...]


@dataclass(frozen=True, slots=True)
class ListItem(Node):
    """`list feed at "/articles/feed" { followed: true }`: the list again, where these filters are given."""

    name: Name
    path: StringLiteral
    filters: ObjectLiteral
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    name: Name
    type: TypeExpr
    default: Expr | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorRef(Node):
    """`OrderNotCancellable on illegal_transition`."""

    error: Path
    on: Name | None = None


@dataclass(frozen=True, slots=True)
class ErrorsItem(Node):
    errors: tuple[ErrorRef, ...]


@dataclass(frozen=True, slots=True)
class EmitsItem(Node):
    events: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class AllowItem(Node):
    """`allow manager when …` inside an operation."""

    roles: tuple[Name, ...]
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class SetItem(Node):
    """`set { tracking: tracking }`."""

    values: ObjectLiteral


@dataclass(frozen=True, slots=True)
class RequireItem(Node):
    """`require balance >= amount else InsufficientFunds { missing: amount - balance }`."""

    condition: Expr
    error: Path
    members: ObjectLiteral | None = None


@dataclass(frozen=True, slots=True)
class UpdateItem(Node):
    """`update to { balance: balance + amount }`: `row` is `this` or a parameter."""

    row: Name
    values: ObjectLiteral


@dataclass(frozen=True, slots=True)
class WriteItem(Node):
    """`create Posting { … }`, `put Follow { … }`, `remove Follow { … }`."""

    verb: Literal["create", "put", "remove"]
    entity: Path
    values: ObjectLiteral


@dataclass(frozen=True, slots=True)
class EnqueueItem(Node):
    """`enqueue SendInvoice(order: this) after 2d`, `… at due`: at most one of `after` and `at` is set. In jobs, `… for Order where due < now()`:
    `entity` and `condition` are both set, or none. `cancel SendInvoice(order: this)`: `cancels`."""

    job: Path
    arguments: tuple[Argument, ...]
    after: QuantityLiteral | None
    at: Expr | None
    entity: Path | None = None
    condition: Expr | None = None
    cancels: bool = False


@dataclass(frozen=True, slots=True)
class CallsItem(Node):
    """`calls Rates.quote, Rates.list`."""

    operations: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class CallItem(Node):
    """`call Payments.charge(order: order.id) -> charge`."""

    operation: Path
    arguments: tuple[Argument, ...]
    result: Name | None = None


OperationItem = (
    ErrorsItem
    | EmitsItem
    | CallsItem
    | CallItem
    | AllowItem
    | SetItem
    | RequireItem
    | UpdateItem
    | WriteItem
    | EnqueueItem
    | SqlBlock
    | Broken
)


@dataclass(frozen=True, slots=True)
class OperationDecl(Node):
    """`op ship(tracking: string(1..80)) -> Order @idempotent { … }`."""

    name: Name
    parameters: tuple[Parameter, ...] = ()
    returns: TypeExpr | None = None
    attributes: tuple[Attribute, ...] = ()
    items: tuple[OperationItem, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class HookDecl(Node):
    """`before create { require … else Error  set { … } }`, `after delete { … }`: what an operation of the resource does beside its row."""

    moment: Literal["before", "after"]
    action: Name
    items: tuple[HookItem, ...] = ()
    doc: str = ""


HookItem = RequireItem | SetItem | UpdateItem | WriteItem | EnqueueItem | EmitsItem | Broken


@dataclass(frozen=True, slots=True)
class ResourceDecl(Node):
    """`resource Order at "/orders" by number via buyer { … }`. `by`: the field whose value names a row in paths, in place of the key; `via`:
    the reference that leads to the row around."""

    entity: Path
    path: StringLiteral | None
    by: Name | None
    via: Name | None
    attributes: tuple[Attribute, ...]
    items: tuple[ResourceItem, ...]
    doc: str = ""


ResourceItem = (
    OpsItem
    | PageItem
    | FilterItem
    | SearchItem
    | NearestItem
    | SortItem
    | ExpandItem
    | ShowItem
    | InputItem
    | ListItem
    | HookDecl
    | OperationDecl
    | ResourceDecl
    | Broken
)
ApiItem = AuthItem | LimitItem | GraphQLItem | ProfileItem | ResourceDecl | OperationDecl | Broken


@dataclass(frozen=True, slots=True)
class ApiDecl(Node):
    """`api Shop v1 at "/v1" { … }`."""

    name: Name
    version: Name | None
    path: StringLiteral | None
    attributes: tuple[Attribute, ...]
    items: tuple[ApiItem, ...]
    doc: str = ""
