"""The identity."""

from __future__ import annotations

from dataclasses import dataclass

from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Call, ObjectLiteral, StringLiteral
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
    """`claim org: uuid = "org"`."""

    name: Name
    type: TypeExpr
    source: StringLiteral
    doc: str = ""


IdentityItem = BearerItem | ApiKeyItem | ClaimItem | Broken


@dataclass(frozen=True, slots=True)
class IdentityDecl(Node):
    """`identity User { … }`."""

    entity: Path
    items: tuple[IdentityItem, ...]
    doc: str = ""
