"""Identities, roles and policies."""

from typing import Any

from bdc.syntax.ast import (
    AccessRule,
    ActiveItem,
    ApiKeyItem,
    BearerItem,
    ClaimItem,
    FieldGrant,
    FieldRule,
    IdentityDecl,
    IssueItem,
    MemberItem,
    PasswordItem,
    PolicyDecl,
    RoleDecl,
    RolesItem,
    ScopeRule,
    SignUpItem,
    StringLiteral,
)
from bdc.syntax.build.base import Children, nodes
from bdc.syntax.build.expr import ExprRules


class PolicyRules(ExprRules):
    """The identity, roles and policies."""

    def identity(self, c: Children) -> IdentityDecl:
        return IdentityDecl(c[2], nodes(c[4:]), c[0], span=self._span(c))

    def bearer(self, c: Children) -> BearerItem:
        return BearerItem(c[2], c[3], span=self._span(c))

    def api_key(self, c: Children) -> ApiKeyItem:
        return ApiKeyItem(c[2], span=self._span(c))

    def claim(self, c: Children) -> ClaimItem:
        return ClaimItem(c[2], c[4], self._string(c[6]), c[0], c[7], span=self._span(c))

    def claim_value(self, c: Children) -> Any:
        return c[1]

    def password(self, c: Children) -> PasswordItem:
        return PasswordItem(c[2], span=self._span(c))

    def issue(self, c: Children) -> IssueItem:
        refresh = self.number(c[5:6]) if c[5] else None
        path = self._string(c[7]) if c[7] else None
        return IssueItem(c[2], self.number(c[3:4]), refresh, path, span=self._span(c))

    def sign_up(self, c: Children) -> SignUpItem:
        return SignUpItem(c[2], span=self._span(c))

    def active(self, c: Children) -> ActiveItem:
        return ActiveItem(c[2], span=self._span(c))

    def membership(self, c: Children) -> MemberItem:
        return MemberItem(c[2], c[3], span=self._span(c))

    def caller_roles(self, c: Children) -> RolesItem:
        return RolesItem(c[2], span=self._span(c))

    def role(self, c: Children) -> RoleDecl:
        return RoleDecl(c[2], c[4] or (), c[6], c[7], c[0], span=self._span(c))

    def policy(self, c: Children) -> PolicyDecl:
        return PolicyDecl(c[2], nodes(c[4:]), c[0], span=self._span(c))

    def scope(self, c: Children) -> ScopeRule:
        return ScopeRule(c[2], c[0], span=self._span(c))

    def access(self, c: Children) -> AccessRule:
        return AccessRule(
            str(c[1]),  # type: ignore[arg-type]
            c[2],
            roles=c[4],
            condition=c[5],
            because=c[6],
            doc=c[0],
            span=self._span(c),
        )

    def access_via(self, c: Children) -> AccessRule:
        return AccessRule(
            str(c[1]),  # type: ignore[arg-type]
            c[2],
            via=c[4],
            condition=c[5],
            because=c[6],
            doc=c[0],
            span=self._span(c),
        )

    def because(self, c: Children) -> StringLiteral:
        return self._string(c[1])

    def field_rule(self, c: Children) -> FieldRule:
        grants = tuple(child for child in c if type(child) is FieldGrant)
        return FieldRule(c[2], grants, c[-2], c[0], span=self._span(c))

    def grant(self, c: Children) -> FieldGrant:
        return FieldGrant(c[0], c[2], c[3], span=self._span(c))

    def otherwise(self, c: Children) -> Any:
        return c[1]

    def when(self, c: Children) -> Any:
        return c[1]
