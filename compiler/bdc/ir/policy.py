"""The identity, roles and policies. Default deny: what no rule allows is refused."""

from typing import Literal as Kind

from bdc.ir.base import Node, Origin
from bdc.ir.expr import Expr
from bdc.ir.shapes import InputShape
from bdc.ir.types import Type


class Claim(Node):
    """`actor.<name>`, taken from the token's member `source`; `nullable`: a token may be without it. `value`: what it is for callers that
    sign in here, over their row; `given`: the roles that all of them have. `of`: the identity beside the main one whose callers alone have it."""

    name: str
    type: Type
    source: str
    nullable: bool = False
    value: Expr | None = None
    given: tuple[str, ...] = ()
    of: str | None = None


class OtherIdentity(Node):
    """Callers that are rows of `entity`, beside those of the main identity: devices, services. They show API keys. `key`: the claim with
    the key of a caller's row, which no other caller has; `claims`: all that they have, shared ones included; `roles`: those that they
    may carry; `active`: rows that may call."""

    entity: str
    key: str
    claims: tuple[str, ...]
    roles: tuple[str, ...]
    api_key_header: str | None = None
    active: Expr | None = None


class Membership(Node):
    """A caller that signs in here is in the tenant of each row of `entity` that refers to the caller by `user`. The header `header` names one
    of them by the key in the field `tenant`, which fills the claim `claim`. `role`: the field with the role, or roles, in that tenant.
    `invite`: roles that may ask others into it. `found`: the role of a caller that makes a tenant, from `found_input`; None: callers make none."""

    entity: str
    user: str
    tenant: str
    role: str | None = None
    claim: str
    header: str = "x-tenant"
    invite: tuple[str, ...] = ()
    found: str | None = None
    found_input: InputShape | None = None


class SignIn(Node):
    """Callers sign in here with a password. `login`: the field that names them; `hash`: what the specification calls the hash, which is no
    field. `access` and `refresh`: how long tokens are good for, in seconds (0: none). `api`: the one that serves it, below `path`.
    `sign_up`: what a new row is given, None where callers cannot make their own. `active`: rows that may sign in. `reset` and `verify`: the mails
    with which a password is set anew and a login is proved to be the caller's; `verified`: the field that keeps the latter."""

    login: str
    hash: str | None = None
    shortest: int = 12
    access: int
    refresh: int = 0
    api: str = ""
    path: str = "/auth"
    sign_up: InputShape | None = None
    active: Expr | None = None
    membership: Membership | None = None
    reset: str | None = None
    verify: str | None = None
    verified: str | None = None


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
    sign_in: SignIn | None = None
    others: tuple[OtherIdentity, ...] = ()
    origin: Origin

    @property
    def key_header(self) -> str | None:
        """The header that API keys come in, of whichever callers."""
        return self.api_key_header or next((each.api_key_header for each in self.others), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The claims that name a caller, of which each caller has one."""
        return ("id", *(each.key for each in self.others))

    def other(self, entity: str) -> OtherIdentity | None:
        """Return the identity beside the main one whose callers are rows of `entity`."""
        return next((each for each in self.others if each.entity == entity), None)

    def key_of(self, entity: str) -> str:
        """Return the claim with the key of a caller that is a row of `entity`."""
        found = self.other(entity)
        return found.key if found is not None else "id"

    def of_role(self, role: str) -> OtherIdentity | None:
        """Return the identity beside the main one that a role belongs to."""
        return next((each for each in self.others if role in each.roles), None)

    def has(self, claim: str) -> bool:
        """Return whether callers of the main identity have a claim."""
        return any(each.name == claim and each.of is None for each in self.claims)


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
    """`allow read, create to member when …` or `allow read via order when …` (then `roles` is empty and `via` names the
    reference and the action that must be allowed on its target; both must hold). Actions: read create update delete, and names of custom operations.
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
