"""Identity, roles, policies: resolved."""

from typing import Literal

from bdc import ir
from bdc.model.nodes.values import Entry
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A name that was written, and where: for rules that judge it later."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Membership:
    """See `ir.Membership`."""

    entity: str
    user: str
    tenant: str
    role: str | None
    header: str
    invite: tuple[str, ...]
    found: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """See `ir.SignIn`. `values` and `given`: what claims are, and the roles that all callers have."""

    span: Span
    login: str
    hash: str | None
    shortest: int
    access: int
    refresh: int
    path: str
    path_span: Span
    sign_up: tuple[tuple[str, Span], ...] | None = None
    active: ir.Expr | None = None
    membership: Membership | None = None
    values: tuple[tuple[str, ir.Expr], ...] = ()
    given: tuple[str, ...] = ()
    reset: Word | None = None
    verify: Word | None = None
    verified: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`sources[i]` is the token member that `claims[i]` is read from. `roles`: those of its callers, of an identity beside the main one.
    `active`: its rows that may call. `key`: what the claim `id` is called among the claims of all identities."""

    entity: str
    span: Span
    issuer: ir.Expr | None = None
    audience: str | None = None
    audience_variable: str | None = None
    jwks: ir.Expr | None = None
    api_key_header: str | None = None
    claims: tuple[Entry, ...] = ()
    sources: tuple[str, ...] = ()
    sign_in: SignIn | None = None
    roles: tuple[Word, ...] = ()
    key: str = "id"
    active: ir.Expr | None = None

    def bound(self, claim: str) -> str:
        """Return what a claim is called among the claims of all identities."""
        return self.key if claim == "id" else claim

    def claim(self, name: str) -> Entry | None:
        for claim in self.claims:
            if claim.name == name:
                return claim
        return None


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    span: Span
    doc: str
    extends: tuple[str, ...]
    entity: str | None
    condition: ir.Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    effect: Literal["allow", "deny"]
    actions: tuple[Word, ...]
    roles: tuple[Word, ...] = ()
    via: Word | None = None
    via_action: Word | None = None
    condition: ir.Expr | None = None
    because: str | None = None
    span: Span


@dataclass(frozen=True, slots=True)
class Grant:
    roles: tuple[Word, ...]
    condition: ir.Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    field: str
    read: Grant | None = None
    write: Grant | None = None
    mask: ir.Expr | None = None
    span: Span


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules of one entity; `span` is where the entity is named."""

    entity: str
    span: Span
    scope: ir.Expr | None
    rules: tuple[Rule, ...]
    fields: tuple[FieldRule, ...]
