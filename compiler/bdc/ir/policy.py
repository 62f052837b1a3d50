"""The identity, roles and policies. Default deny: what no rule allows is refused."""

from typing import Literal as Kind

from bdc.ir.base import Node, Origin
from bdc.ir.expr import Expr
from bdc.ir.types import Type


class Claim(Node):
    """`actor.<name>`, taken from the token's member `source`; `nullable`: a token may be without it."""

    name: str
    type: Type
    source: str
    nullable: bool = False


class Identity(Node):
    """The entity that callers are rows of. `issuer` and `jwks` are literals or `env("NAME")` calls.
    `audience` is what tokens are for, by default the system's name; `audience_variable` names a variable that says it.
    The claim `id` is the identity row's key; the claim whose name is `tenant_claim` is compared by tenant scopes."""

    entity: str
    issuer: Expr | None = None
    audience: str | None = None
    audience_variable: str | None = None
    jwks: Expr | None = None
    api_key_header: str | None = None
    claims: tuple[Claim, ...] = ()
    roles_claim: str | None = None
    tenant_claim: str | None = None
    origin: Origin


class Role(Node):
    """`granted_by`: the claim roles that carry this one (itself and all that extend it, transitively).
    With `entity` and `condition` it is a role by relation: held on the rows where the condition is true, by any actor."""

    name: str
    doc: str = ""
    granted_by: tuple[str, ...] = ()
    entity: str | None = None
    condition: Expr | None = None
    origin: Origin | None = None


class PolicyRule(Node):
    """`allow read, create to member when …` or `allow read via order` (then `roles` is empty and `via` names the reference
    and the action that must be allowed on its target). Actions: read create update delete, and names of custom operations.
    `id` is stable and readable: `Order.allow.update.1`."""

    id: str
    effect: Kind["allow", "deny"]
    actions: tuple[str, ...]
    roles: tuple[str, ...] = ()
    via: str | None = None
    via_action: str | None = None
    condition: Expr | None = None
    because: str | None = None
    origin: Origin


class Grant(Node):
    """Permission to read or write a field: roles (claim roles, or roles by relation of this entity), optionally a condition."""

    roles: tuple[str, ...]
    condition: Expr | None = None


class FieldRule(Node):
    """Rules of one field. A missing grant leaves that side to the entity's rules. `mask`: what a reader without the grant
    gets instead (None: null)."""

    field: str
    read: Grant | None = None
    write: Grant | None = None
    mask: Expr | None = None
    origin: Origin


class Policy(Node):
    """All rules of one entity. `scope` is ANDed to every rule on every surface."""

    entity: str
    scope: Expr | None = None
    rules: tuple[PolicyRule, ...] = ()
    fields: tuple[FieldRule, ...] = ()
    origin: Origin
