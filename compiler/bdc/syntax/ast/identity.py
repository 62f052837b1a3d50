"""The identity."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Call, Expr, ListLiteral, ObjectLiteral, QuantityLiteral, StringLiteral
from bdc.syntax.ast.names import Name, Path
from bdc.syntax.ast.types import TypeExpr


@dataclass(frozen=True, slots=True)
class BearerItem(Node):
    """`bearer jwt { issuer: env("JWT_ISSUER") }`."""

    kind: Name
    settings: ObjectLiteral


@dataclass(frozen=True, slots=True)
class ApiKeyItem(Node):
    """`api_key header("x-api-key")`."""

    source: Call


@dataclass(frozen=True, slots=True)
class ClaimItem(Node):
    """`claim org: uuid = "org"`; `origin`: the member of the caller's row that it is taken from (`from org`), or
    the roles of every caller that signs in (`from [member]`)."""

    name: Name
    type: TypeExpr
    source: StringLiteral
    doc: str = ""
    origin: Path | ListLiteral | None = None


@dataclass(frozen=True, slots=True)
class PasswordItem(Node):
    """`password { login: email  hash: password_hash }`."""

    settings: ObjectLiteral


@dataclass(frozen=True, slots=True)
class IssueItem(Node):
    """`issue jwt 1h refresh 30d at "/auth"`."""

    kind: Name
    access: QuantityLiteral
    refresh: QuantityLiteral | None = None
    path: StringLiteral | None = None


@dataclass(frozen=True, slots=True)
class SignUpItem(Node):
    """`sign_up email, name`."""

    fields: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ActiveItem(Node):
    """`active when not disabled`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class MemberItem(Node):
    """`member Membership { user: account  tenant: workspace  role: standing }`."""

    entity: Path
    settings: ObjectLiteral


@dataclass(frozen=True, slots=True)
class RolesItem(Node):
    """`roles sensor, gateway`: the roles of the callers of an identity beside the main one."""

    names: tuple[Name, ...]


IdentityItem = (
    BearerItem
    | ApiKeyItem
    | ClaimItem
    | PasswordItem
    | IssueItem
    | SignUpItem
    | ActiveItem
    | MemberItem
    | RolesItem
    | Broken
)


@dataclass(frozen=True, slots=True)
class IdentityDecl(Node):
    """`identity User { … }`."""

    entity: Path
    items: tuple[IdentityItem, ...]
    doc: str = ""
