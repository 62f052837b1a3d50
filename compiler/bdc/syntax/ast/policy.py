"""Roles and policies."""

from __future__ import annotations

from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Expr, StringLiteral
from bdc.syntax.ast.names import Name, Path


@dataclass(frozen=True, slots=True)
class RoleDecl(Node):
    """`role manager extends member`, `role buyer on Order when customer.user == actor`."""

    name: Name
    extends: tuple[Name, ...] = ()
    entity: Path | None = None
    condition: Expr | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ScopeRule(Node):
    """`scope org == actor.org`."""

    condition: Expr
    doc: str = ""


@dataclass(frozen=True, slots=True)
class AccessRule(Node):
    """`allow read, create to member when … because "…"`, or `allow read via order when …` (then `roles` is empty)."""

    effect: Literal["allow", "deny"]
    actions: tuple[Name, ...]
    roles: tuple[Name, ...] = ()
    via: Path | None = None
    condition: Expr | None = None
    because: StringLiteral | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class FieldGrant(Node):
    """`read to manager, self when …`: `action` is read or write, or another word that was written."""

    action: Name
    roles: tuple[Name, ...]
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class FieldRule(Node):
    """`field tax_number { read to manager  else mask("***") }`."""

    fields: tuple[Name, ...]
    grants: tuple[FieldGrant, ...]
    otherwise: Expr | None = None
    doc: str = ""


PolicyRule = ScopeRule | AccessRule | FieldRule | Broken


@dataclass(frozen=True, slots=True)
class PolicyBlock(Node):
    """`policy { scope org == actor.org }` among the members of a mixin: rules for every entity with that mixin."""

    rules: tuple[PolicyRule, ...]


@dataclass(frozen=True, slots=True)
class PolicyDecl(Node):
    """`policy Tag, ProductTag { … }`."""

    entities: tuple[Path, ...]
    rules: tuple[PolicyRule, ...]
    doc: str = ""
