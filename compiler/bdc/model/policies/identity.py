"""The identity: its entity, how its tokens are checked, its claims."""

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownDeclaration, UnknownSetting
from bdc.model.errors.policies import BadIdentity, TwoIdentities, TwoOf
from bdc.model.errors.types import MissingMember, TypeMismatch
from bdc.model.expressions import Place, Scope, value
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.policy import Identity
from bdc.model.nodes.values import Entry
from bdc.model.policies.claims import claims_of, key_header, key_type
from bdc.model.policies.other_identities import lists_roles, resolve_others
from bdc.model.typing.types import TEXT, describe, same_family
from bdc.naming.casing import snake
from bdc.syntax import ast

_SETTING = Place("a setting", relations=False, computed=False, clock=False, environment=True)
_BEARER = ("issuer", "audience", "jwks")


def resolve_identity(context: ResolveContext) -> None:
    """Fill `context.identity` from the identity that lists no roles, and `context.others` from those that do."""
    declared = [each for each in context.declarations() if isinstance(each, ast.IdentityDecl)]
    others = [each for each in declared if lists_roles(each)]
    if others and len(others) == len(declared):
        why = "each identity lists its roles"
        context.report(
            BadIdentity(why, "remove `roles` from the identity of all other roles", others[0].entity.span)
        )
    for each in declared:
        if each not in others or len(others) == len(declared):
            _main(context, each)
    resolve_others(context, others if len(others) < len(declared) else ())


def _main(context: ResolveContext, declared: ast.IdentityDecl) -> None:
    if context.identity is not None:
        name, first = declared.entity.text, context.identity
        if name == first.entity:
            context.report(TwoOf("an identity", declared.span, first.span))
        else:
            context.report(TwoIdentities(first.entity, snake(name), declared.entity.span, first.span))
        return
    entity = context.entity(declared.entity)
    if entity is not None:
        context.identity = _identity(context, declared, entity.name)


def _identity(context: ResolveContext, declared: ast.IdentityDecl, entity: str) -> Identity:
    settings = _bearer(context, declared)
    claims = claims_of(context, declared)
    claims += _implied(
        context, declared, context.entities[entity], {claim.name: claim for claim, _ in claims}
    )
    broken = any(isinstance(item, ast.Broken) for item in declared.items)
    if not broken and not any(claim.name == "id" for claim, _ in claims):
        context.report(
            MissingMember(
                "an identity",
                ("the claim `id`",),
                declared.entity.span,
                f'write `claim id: {key_type(context.entities[entity])} = "sub"`: the key of the caller\'s row',
            )
        )
    _same_key(context, context.entities[entity], {claim.name: claim for claim, _ in claims}.get("id"))
    audience = settings.get("audience")
    return Identity(
        entity=entity,
        span=declared.entity.span,
        issuer=settings.get("issuer"),
        audience=str(audience.value) if isinstance(audience, ir.Literal) else None,
        audience_variable=ir.variable_of(audience) or None,
        jwks=settings.get("jwks"),
        api_key_header=key_header(context, declared),
        claims=tuple(claim for claim, _ in claims),
        sources=tuple(source for _, source in claims),
    )


def _same_key(context: ResolveContext, entity: Entity, claim: Entry | None) -> None:
    """The claim `id` is the key of the row that calls."""
    field = entity.find(entity.key[0]) if len(entity.key) == 1 else None
    if claim is not None and isinstance(field, ScalarField) and not same_family(claim.type, field.type):
        context.report(TypeMismatch(describe(field.type), describe(claim.type), claim.span))


def _bearer(context: ResolveContext, declared: ast.IdentityDecl) -> dict[str, ir.Expr]:
    found: dict[str, ir.Expr] = {}
    for item in declared.items:
        if not isinstance(item, ast.BearerItem):
            continue
        if item.kind.text != "jwt":
            context.report(
                UnknownDeclaration("kind of bearer token", item.kind.text, item.kind.span, ("jwt",))
            )
        for entry in item.settings.entries:
            if entry.name.text not in _BEARER:
                context.report(UnknownSetting(entry.name.text, "`bearer jwt`", entry.name.span, _BEARER))
                continue
            expr = value(entry.value, Scope(context, _SETTING), TEXT, False, f"`{entry.name.text}`")
            if expr is not None:
                found[entry.name.text] = expr
    return found


def _implied(
    context: ResolveContext, declared: ast.IdentityDecl, entity: Entity, claims: dict[str, Entry]
) -> list[tuple[Entry, str]]:
    """Where callers sign in here, the service itself writes the tokens: `id` is the key, and there are roles where some are declared."""
    password = next((item for item in declared.items if isinstance(item, ast.PasswordItem)), None)
    if password is None:
        return []
    found: list[tuple[Entry, str]] = []
    key = entity.find(entity.key[0]) if len(entity.key) == 1 else None
    if "id" not in claims and isinstance(key, ScalarField):
        found.append((Entry(name="id", span=password.span, type=key.type), "sub"))
    named = any(isinstance(each, ast.RoleDecl) and each.entity is None for each in context.declarations())
    if named and not any(isinstance(claim.type, ir.ArrayType) for claim in claims.values()):
        type_ = ir.ArrayType(item=ir.ScalarType(scalar=ir.Scalar.STRING))
        found.append((Entry(name="roles", span=password.span, type=type_), "roles"))
    return found


def roles_claim(identity: Identity) -> str | None:
    """Return the claim that carries the caller's roles: `roles`, or else the only list."""
    lists = [claim.name for claim in identity.claims if isinstance(claim.type, ir.ArrayType)]
    return "roles" if "roles" in lists else lists[0] if len(lists) == 1 else None
