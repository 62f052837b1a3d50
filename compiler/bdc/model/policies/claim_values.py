"""What the claims of an identity are for callers that sign in here: `from path` over the caller's row, roles `from [member]`, or the field
of that name."""

from collections.abc import Iterator

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.sign_in import BadSignIn
from bdc.model.errors.types import BadSetting, TypeMismatch
from bdc.model.expressions import Place, Scope, typed
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.nodes.policy import SignIn
from bdc.model.typing.types import describe, is_text, same_family
from bdc.syntax import ast

_VALUE = Place("the value of a claim", computed=False, clock=False)
Values = tuple[tuple[str, ir.Expr], ...]


def claim_values(
    context: ResolveContext, declared: ast.IdentityDecl, sign_in: SignIn | None
) -> tuple[Values, tuple[str, ...]]:
    """Return the value of each claim that has one, and the roles that every caller has."""
    values: list[tuple[str, ir.Expr]] = []
    given: tuple[str, ...] = ()
    known = {claim.name: claim for claim in context.identity.claims} if context.identity else {}
    written = [item for item in declared.items if isinstance(item, ast.ClaimItem)]
    for item in (*written, *_implied(context, declared, written)):
        if item.name.text not in known:
            continue
        if item.origin is not None and sign_in is None:
            _needs_sign_in(context, declared, item)
        elif isinstance(item.origin, ast.ListLiteral):
            given = _roles(context, item, item.origin)
        elif sign_in is not None:
            found = _value(context, item, context.entities[declared.entity.last.text], sign_in)
            given = given or (_only_role(context) if found is None and _is_roles(context, item) else ())
            values += [(item.name.text, found)] if found is not None else []
            _filled(context, item, sign_in, filled=found is not None or bool(given))
    return tuple(values), given


def _implied(
    context: ResolveContext, declared: ast.IdentityDecl, written: list[ast.ClaimItem]
) -> Iterator[ast.ClaimItem]:
    """Yield the claim of the roles where it is not written."""
    names = {item.name.text for item in written}
    for claim in context.identity.claims if context.identity is not None else ():
        if claim.name == "roles" and claim.name not in names:
            name, span = ast.Name(claim.name, span=claim.span), claim.span
            type_ = ast.TypeExpr((), span=span)
            yield ast.ClaimItem(name, type_, ast.StringLiteral(claim.name, span=span), span=span)


def _needs_sign_in(context: ResolveContext, declared: ast.IdentityDecl, item: ast.ClaimItem) -> None:
    if not any(isinstance(each, ast.PasswordItem | ast.IssueItem) for each in declared.items):
        remedy = "remove `from …`: the issuer of the token says what its claims are"
        context.report(BadSignIn(f"`{item.name.text}` is taken from a token alone", remedy, item.span))


def _roles(context: ResolveContext, item: ast.ClaimItem, listed: ast.ListLiteral) -> tuple[str, ...]:
    found = []
    for each in listed.items:
        if not isinstance(each, ast.Path) or len(each.names) != 1:
            context.report(BadSetting("from", "names of roles, `from [member]`", each.span))
        elif (symbol := context.symbol(each.last, "role")) is not None:
            found.append(symbol.name)
    if not _is_roles(context, item):
        context.report(BadSetting("from", "a field: only the claim with the roles takes a list", listed.span))
    return tuple(dict.fromkeys(found))


def _is_roles(context: ResolveContext, item: ast.ClaimItem) -> bool:
    claims = context.identity.claims if context.identity is not None else ()
    lists = [claim.name for claim in claims if isinstance(claim.type, ir.ArrayType)]
    return item.name.text == ("roles" if "roles" in lists else lists[0] if len(lists) == 1 else "")


def _only_role(context: ResolveContext) -> tuple[str, ...]:
    """Where a system has one role of callers, all that sign in have it."""
    own = [role for role in context.roles.values() if context.identity_with(role.name) == context.identity]
    roles = [role.name for role in own if role.entity is None and not role.extends]
    several = any(role.extends for role in own)
    return tuple(roles) if len(roles) == 1 and not several else ()


def _value(context: ResolveContext, item: ast.ClaimItem, entity: Entity, sign_in: SignIn) -> ir.Expr | None:
    name = item.name.text
    if name == "id":
        return None
    origin = item.origin
    if origin is None:
        if _is_roles(context, item) and entity.find(name) is None:
            name = "role"
        field = entity.find(name)
        if not isinstance(field, ScalarField | ReferenceField) or (
            isinstance(field, ScalarField) and field.encrypted
        ):
            return None
        origin = ast.Path((ast.Name(name, span=item.name.span),), span=item.name.span)
    if not isinstance(origin, ast.Path):
        return None
    found = typed(origin, Scope(context, _VALUE, entity.name))
    if found is not None and not _fits(context, item, found.type):
        claim = next(each for each in context.identity.claims if each.name == item.name.text)  # type: ignore[union-attr]
        context.report(TypeMismatch(describe(claim.type), describe(found.type), origin.span))
    return found


def _fits(context: ResolveContext, item: ast.ClaimItem, found: ir.Type) -> bool:
    claim = next(each for each in context.identity.claims if each.name == item.name.text)  # type: ignore[union-attr]
    if _is_roles(context, item):
        one = found.item if isinstance(found, ir.ArrayType) else found
        return isinstance(one, ir.EnumType) or is_text(one)
    if isinstance(found, ir.EntityType):
        target = context.entities[found.name]
        key = target.find(target.key[0]) if len(target.key) == 1 else None
        return isinstance(key, ScalarField) and same_family(key.type, claim.type)
    if isinstance(found, ir.EnumType):
        return is_text(claim.type)
    return same_family(found, claim.type)


def _filled(context: ResolveContext, item: ast.ClaimItem, sign_in: SignIn, *, filled: bool) -> None:
    """Every claim that is always there has a value for callers that sign in."""
    claim = next(each for each in context.identity.claims if each.name == item.name.text)  # type: ignore[union-attr]
    member = sign_in.membership
    by_member = member is not None and (
        claim.name == member.tenant or (member.role is not None and _is_roles(context, item))
    )
    if filled or by_member or claim.name == "id" or claim.nullable:
        return
    what = (
        "`from role`, or `from [member]`"
        if _is_roles(context, item)
        else "`from` and a field of the caller's row"
    )
    why = f"callers that sign in have no value for the claim `{claim.name}`"
    remedy = f"write {what} after its declaration"
    if not item.type.bases:  # it is implied
        remedy = 'write `claim roles: string[] = "roles" from [member]`, or give the rows a field `role`'
    context.report(BadSignIn(why, remedy, item.span))
