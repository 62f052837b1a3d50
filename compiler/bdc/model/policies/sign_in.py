"""Sign-in of an identity: its login, the tokens it issues, whether callers sign up, and which rows may sign in."""

from decimal import Decimal

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownDeclaration, UnknownField, UnknownSetting
from bdc.model.errors.policies import TwoOf
from bdc.model.errors.sign_in import BadSignIn
from bdc.model.errors.types import BadSetting
from bdc.model.expressions import Place, Scope, condition
from bdc.model.expressions.literals import seconds
from bdc.model.nodes.entity import Entity, Field, ReferenceField, ScalarField, Unique
from bdc.model.nodes.policy import Identity, Membership, SignIn, Word
from bdc.model.policies.claim_values import claim_values
from bdc.model.typing.types import is_text
from bdc.source import Span
from bdc.source.records import replace
from bdc.syntax import ast

_PASSWORD = ("login", "hash", "shortest", "reset", "verify", "verified")
_MAILS = ("reset", "verify")
_MEMBER = ("user", "tenant", "role", "header", "invite", "found")
_ACTIVE = Place("`active`", relations=False, computed=False)
_WANTED = {
    "header": 'a header of its own, `"x-tenant"`',
    "invite": "names of roles, `[owner]`",
    "found": "the name of a role",
}
_LONGEST = 400 * 86_400
_ITEMS = {
    ast.PasswordItem: "`password`",
    ast.IssueItem: "`issue`",
    ast.SignUpItem: "`sign_up`",
    ast.ActiveItem: "`active`",
    ast.MemberItem: "`member`",
}


def resolve_sign_in(context: ResolveContext) -> None:
    """Add to `context.identity` what its declaration says of sign-in, and to the others which rows may call."""
    context.others[:] = [_with_active(context, each) for each in context.others]
    identity = context.identity
    if identity is None:
        return
    declared = declaration_of(context, identity)
    found = _sign_in(context, declared, context.entities[identity.entity])
    values = claim_values(context, declared, found)
    if found is not None:
        context.identity = replace(identity, sign_in=replace(found, values=values[0], given=values[1]))


def _with_active(context: ResolveContext, other: Identity) -> Identity:
    item = next(
        (each for each in declaration_of(context, other).items if isinstance(each, ast.ActiveItem)), None
    )
    if item is None:
        return other
    return replace(other, active=condition(item.condition, Scope(context, _ACTIVE, other.entity)))


def declaration_of(context: ResolveContext, identity: Identity) -> ast.IdentityDecl:
    """Return where an identity is declared."""
    return next(
        each
        for each in context.declarations()
        if isinstance(each, ast.IdentityDecl) and each.entity.span == identity.span
    )


def _sign_in(context: ResolveContext, declared: ast.IdentityDecl, entity: Entity) -> SignIn | None:
    """Return it; None where the declaration says nothing of it, or says it wrongly (reported)."""
    items = _once(context, declared)
    password, issue = items.get(ast.PasswordItem), items.get(ast.IssueItem)
    if not items:
        return None
    if not isinstance(password, ast.PasswordItem) or not isinstance(issue, ast.IssueItem):
        _incomplete(context, items)
        return None
    if len(entity.key) != 1:
        context.report(
            BadSignIn(
                f"the key of `{entity.name}` has several parts",
                "give it a key of one field, and make the other a `unique`",
                declared.entity.span,
            )
        )
        return None
    login, hash_, shortest = _password(context, password, entity)
    words = _words(context, password)
    if login is None:
        return None
    access, refresh = _lifetimes(context, issue)
    up, active, member = (items.get(kind) for kind in (ast.SignUpItem, ast.ActiveItem, ast.MemberItem))
    return SignIn(
        span=password.span,
        login=login,
        hash=hash_,
        shortest=shortest,
        access=access,
        refresh=refresh,
        path=issue.path.value if issue.path is not None else "/auth",
        path_span=issue.path.span if issue.path is not None else issue.span,
        sign_up=_sign_up(context, up, entity, login) if isinstance(up, ast.SignUpItem) else None,
        active=condition(active.condition, Scope(context, _ACTIVE, entity.name))
        if isinstance(active, ast.ActiveItem)
        else None,
        membership=_membership(context, member, entity) if isinstance(member, ast.MemberItem) else None,
        reset=words.get("reset"),
        verify=words.get("verify"),
        verified=words.get("verified"),
    )


def _words(context: ResolveContext, item: ast.PasswordItem) -> dict[str, Word]:
    """Return the mails of sign-in, and the field that keeps that a login was proved, as they are written."""
    found: dict[str, Word] = {}
    for entry in item.settings.entries:
        name, value = entry.name.text, entry.value
        if name not in (*_MAILS, "verified"):
            continue
        if not isinstance(value, ast.Path) or len(value.names) != 1:
            wanted = "the name of a field" if name == "verified" else "the name of a mail"
            context.report(BadSetting(name, wanted, value.span))
        elif name == "verified" or context.symbol(value.last, "job") is not None:
            found[name] = Word(value.last.text, value.span)
    return found


def _once(context: ResolveContext, declared: ast.IdentityDecl) -> dict[type, ast.IdentityItem]:
    found: dict[type, ast.IdentityItem] = {}
    for item in declared.items:
        if type(item) in _ITEMS:
            first = found.setdefault(type(item), item)
            if first is not item:
                context.report(TwoOf(_ITEMS[type(item)], item.span, first.span))
    return found


def _incomplete(context: ResolveContext, items: dict[type, ast.IdentityItem]) -> None:
    needed = (
        (ast.PasswordItem, "write `password { login: email }`"),
        (ast.IssueItem, "write `issue jwt 1h refresh 30d`"),
    )
    for kind, remedy in needed:
        if kind not in items:
            first = next(iter(items.values()))
            context.report(BadSignIn(f"the identity has no {_ITEMS[kind]}", remedy, first.span))


def _password(
    context: ResolveContext, item: ast.PasswordItem, entity: Entity
) -> tuple[str | None, str | None, int]:
    login: str | None = None
    hash_: str | None = None
    shortest, said = 12, False
    for entry in item.settings.entries:
        name, value = entry.name.text, entry.value
        single = value.last if isinstance(value, ast.Path) and len(value.names) == 1 else None
        if name == "login" and single is not None:
            said = True
            login = _login(context, entity, single)
        elif name == "hash" and single is not None:
            hash_ = single.text
        elif name == "shortest" and isinstance(value, ast.IntLiteral) and 8 <= value.value <= 64:
            shortest = value.value
        elif name in (*_MAILS, "verified"):
            continue
        elif name in _PASSWORD:
            wanted = "a number from 8 to 64" if name == "shortest" else "the name of a field"
            said = said or name == "login"
            context.report(BadSetting(name, wanted, value.span))
        else:
            context.report(UnknownSetting(name, "`password`", entry.name.span, _PASSWORD))
    if not said:
        remedy = "write which field a caller signs in with: `password { login: email }`"
        context.report(BadSignIn("`password` has no `login`", remedy, item.span))
    return login, hash_, shortest


def _login(context: ResolveContext, entity: Entity, name: ast.Name) -> str | None:
    field = entity.find(name.text)
    if field is None:
        if not entity.is_unread(name.text):
            context.report(UnknownField(f"`{entity.name}`", name.text, name.span, entity.field_names))
        return None
    if not isinstance(field, ScalarField) or not is_text(field.type) or field.nullable:
        why, remedy = (
            f"`{name.text}` is no text that every `{entity.name}` has",
            "name a field of type `string`",
        )
    elif field.encrypted:
        why, remedy = f"`{name.text}` is `@encrypted`, so that no row is found by it", "name another field"
    elif not field.unique and entity.key != (field.name,) and not _is_unique(entity, field.name):
        why, remedy = (
            f"`{name.text}` is not unique by itself",
            f"write `@unique` after the type of `{name.text}`",
        )
    else:
        return field.name
    context.report(BadSignIn(why, remedy, name.span))
    return None


def _is_unique(entity: Entity, name: str) -> bool:
    return any(each.where is None and each.fields == (name,) == _names(each) for each in entity.uniques)


def _names(unique: Unique) -> tuple[str | None, ...]:
    return tuple(key.field for key in unique.keys)


def _lifetimes(context: ResolveContext, item: ast.IssueItem) -> tuple[int, int]:
    if item.kind.text != "jwt":
        context.report(UnknownDeclaration("kind of token", item.kind.text, item.kind.span, ("jwt",)))
    access = _seconds(context, "issue", item.access, 60, 86_400, "a time from `1m` to `24h`")
    if item.refresh is None:
        return access, 0
    refresh = _seconds(context, "refresh", item.refresh, 60, _LONGEST, "a time from `1m` to `400d`")
    if refresh < access:
        context.report(BadSetting("refresh", "a longer time than that of a token", item.refresh.span))
    return access, refresh


def _seconds(
    context: ResolveContext, name: str, given: ast.QuantityLiteral, least: int, most: int, wanted: str
) -> int:
    found = seconds(given) if isinstance(given, ast.QuantityLiteral) else None
    if found is None or found != int(found) or not least <= found <= most:
        context.report(BadSetting(name, wanted, given.span))
        return most
    return int(Decimal(found))


def _sign_up(
    context: ResolveContext, item: ast.SignUpItem, entity: Entity, login: str
) -> tuple[tuple[str, Span], ...]:
    names: dict[str, Span] = {}
    for name in item.fields:
        if entity.find(name.text) is None:
            if not entity.is_unread(name.text):
                context.report(UnknownField(f"`{entity.name}`", name.text, name.span, entity.field_names))
        elif name.text in names:
            context.report(TwoOf(f"`{name.text}`", name.span, names[name.text]))
        else:
            names[name.text] = name.span
    if login not in names:
        remedy = f"write `sign_up {', '.join((login, *names))}`"
        context.report(BadSignIn(f"`sign_up` does not take `{login}`", remedy, item.span))
    return tuple(names.items())


def _membership(context: ResolveContext, item: ast.MemberItem, identity: Entity) -> Membership | None:
    entity = context.entity(item.entity)
    if entity is None:
        return None
    named: dict[str, ast.Name] = {}
    header, invite, found = "x-tenant", tuple[str, ...](), None
    for entry in item.settings.entries:
        name, value = entry.name.text, entry.value
        if name == "header" and isinstance(value, ast.StringLiteral) and _is_header(value.value):
            header = value.value.lower()
        elif name == "invite" and isinstance(value, ast.ListLiteral):
            invite = _inviting(context, value)
        elif name == "found" and isinstance(value, ast.Path) and len(value.names) == 1:
            symbol = context.symbol(value.last, "role")
            found = symbol.name if symbol is not None else None
        elif name in ("user", "tenant", "role") and isinstance(value, ast.Path) and len(value.names) == 1:
            named[name] = value.last
        elif name in _MEMBER:
            context.report(BadSetting(name, _WANTED.get(name, "the name of a field"), value.span))
        else:
            context.report(UnknownSetting(name, "`member`", entry.name.span, _MEMBER))
    for wanted in ("user", "tenant"):
        if wanted not in named:
            remedy = f"write `member {entity.name} {{ user: …  tenant: …  role: … }}`"
            context.report(BadSignIn(f"`member` has no `{wanted}`", remedy, item.span))
            return None
    for field in named.values():
        if entity.find(field.text) is None:
            if not entity.is_unread(field.text):
                context.report(UnknownField(f"`{entity.name}`", field.text, field.span, entity.field_names))
            return None
    user, tenant = entity.find(named["user"].text), entity.find(named["tenant"].text)
    if not isinstance(user, ReferenceField) or user.target != identity.name or user.nullable:
        remedy = f"name the field that refers to `{identity.name}`"
        context.report(
            BadSignIn(f"`{named['user'].text}` is no `{identity.name}`", remedy, named["user"].span)
        )
        return None
    if not isinstance(tenant, ReferenceField | ScalarField) or tenant.nullable:
        context.report(
            BadSignIn(
                f"`{named['tenant'].text}` is not a value that every `{entity.name}` has",
                "name the field that refers to the tenant",
                named["tenant"].span,
            )
        )
        return None
    role = named["role"].text if "role" in named else None
    if role is not None and not _names_roles(entity.find(role)):
        remedy = "name a field of type `string`, of an enum, or a list of these"
        context.report(BadSignIn(f"`{role}` holds no names of roles", remedy, named["role"].span))
        return None
    return Membership(entity.name, user.name, tenant.name, role, header, invite, found, item.span)


def _inviting(context: ResolveContext, value: ast.ListLiteral) -> tuple[str, ...]:
    found = []
    for each in value.items:
        if not isinstance(each, ast.Path) or len(each.names) != 1:
            context.report(BadSetting("invite", _WANTED["invite"], each.span))
        elif (symbol := context.symbol(each.last, "role")) is not None:
            found.append(symbol.name)
    return tuple(dict.fromkeys(found))


def _names_roles(field: Field | None) -> bool:
    if not isinstance(field, ScalarField) or field.encrypted:
        return False
    one = field.type.item if isinstance(field.type, ir.ArrayType) else field.type
    return isinstance(one, ir.EnumType) or is_text(one)


def _is_header(name: str) -> bool:
    letters = name.replace("-", "")
    return letters.isascii() and letters.isalnum() and name.lower() not in ("authorization", "host", "cookie")
