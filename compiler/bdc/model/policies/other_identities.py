"""Identities beside the main one, for devices and services: their roles, their claims, and the API keys that they show."""

from collections.abc import Iterable, Iterator

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.policies import BadIdentity, TwoIdentities
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.policy import Identity, Word
from bdc.model.nodes.values import Entry
from bdc.model.policies.claims import claims_of, is_plain, key_header, key_type
from bdc.model.typing.types import describe, same_family
from bdc.naming.casing import snake
from bdc.source import Span
from bdc.syntax import ast

_ONCE = (ast.ApiKeyItem, ast.RolesItem, ast.ActiveItem)
_ITEMS = (*_ONCE, ast.ClaimItem, ast.Broken)


def lists_roles(declared: ast.IdentityDecl) -> bool:
    """Return whether an identity lists its roles: all others belong to the main one."""
    return any(isinstance(item, ast.RolesItem) for item in declared.items)


def resolve_others(context: ResolveContext, declarations: Iterable[ast.IdentityDecl]) -> None:
    """Fill `context.others`. The main identity is known by then; without one there are none."""
    for declared in declarations:
        entity, main = context.entity(declared.entity), context.identity
        if entity is None or main is None:
            continue
        first = next((each for each in (main, *context.others) if each.entity == entity.name), None)
        if first is not None:
            context.report(TwoIdentities(entity.name, snake(entity.name), declared.entity.span, first.span))
            continue
        found = _identity(context, declared, entity, main)
        for why, remedy, span in _against(context, declared, entity, found, main):
            context.report(BadIdentity(why, remedy, span))
        context.others.append(found)


def _identity(
    context: ResolveContext, declared: ast.IdentityDecl, entity: Entity, main: Identity
) -> Identity:
    claims = claims_of(context, declared)
    key = entity.find(entity.key[0]) if len(entity.key) == 1 else None
    if not any(claim.name == "id" for claim, _ in claims) and isinstance(key, ScalarField):
        implied = Entry(name="id", span=declared.entity.span, type=key.type)
        claims.insert(0, (implied, snake(entity.name)))
    return Identity(
        entity=entity.name,
        span=declared.entity.span,
        api_key_header=key_header(context, declared),
        claims=tuple(claim for claim, _ in claims),
        sources=tuple(source for _, source in claims),
        roles=_roles(context, declared),
        key=_key_claim(context, entity, main),
    )


def _roles(context: ResolveContext, declared: ast.IdentityDecl) -> tuple[Word, ...]:
    names = (name for item in declared.items if isinstance(item, ast.RolesItem) for name in item.names)
    return tuple(
        Word(symbol.name, name.span) for name in names if (symbol := context.symbol(name, "role")) is not None
    )


def _key_claim(context: ResolveContext, entity: Entity, main: Identity) -> str:
    """Return what the key of a caller is called beside the claims of all identities: `device_id`."""
    taken = {claim.name for each in (main, *context.others) for claim in each.claims}
    taken |= {
        item.name.text
        for each in context.declarations()
        if isinstance(each, ast.IdentityDecl)
        for item in each.items
        if isinstance(item, ast.ClaimItem)
    }
    taken |= {each.key for each in context.others}
    name = f"{snake(entity.name)}_id"
    while name in taken:
        name += "_"
    return name


_Problem = tuple[str, str, Span]


def _against(
    context: ResolveContext, declared: ast.IdentityDecl, entity: Entity, found: Identity, main: Identity
) -> Iterator[_Problem]:
    """Yield what speaks against the identity: why, what to write, and where."""
    for item in declared.items:
        if not isinstance(item, _ITEMS):
            word = item.span
            yield (
                f"callers of `{entity.name}` show API keys",
                'remove this, and write `api_key header("x-api-key")`',
                word,
            )
    for kind in _ONCE:
        for again in [item for item in declared.items if isinstance(item, kind)][1:]:
            yield f"`{entity.name}` says this twice", "write it once", again.span
    yield from _header(declared, found, main)
    yield from _key(entity, found)
    yield from _claims(context, found, main)
    yield from _disjoint(context, found)


def _header(declared: ast.IdentityDecl, found: Identity, main: Identity) -> Iterator[_Problem]:
    header = main.api_key_header or "x-api-key"
    if not any(isinstance(item, ast.ApiKeyItem) for item in declared.items):
        why = f"`{found.entity}` has no credential"
        yield why, f'write `api_key header("{header}")`', found.span
    elif found.api_key_header is not None and main.api_key_header not in (None, found.api_key_header):
        why = f"keys of `{main.entity}` are read from `{main.api_key_header}`"
        yield why, f'write `api_key header("{header}")`: the key says whose it is', found.span
    elif found.api_key_header == "authorization":
        why = "the header `authorization` is for tokens"
        yield why, 'write `api_key header("x-api-key")`', found.span


def _key(entity: Entity, found: Identity) -> Iterator[_Problem]:
    key = entity.find(entity.key[0]) if len(entity.key) == 1 else None
    claim = found.claim("id")
    if entity.view is not None or not isinstance(key, ScalarField) or claim is None:
        yield (
            f"`{entity.name}` has no key of one field",
            "give it a key: `id: uuid = uuid7() @id`",
            found.span,
        )
    elif not is_plain(key.type):
        yield (
            f"the key of `{entity.name}` is no plain value",
            "give it a key: `id: uuid = uuid7() @id`",
            found.span,
        )
    elif not same_family(claim.type, key.type):
        yield "the claim `id` is not the key of its row", f"write `claim id: {key_type(entity)}`", claim.span


def _claims(context: ResolveContext, found: Identity, main: Identity) -> Iterator[_Problem]:
    """A claim that another identity has too is one claim: of one type, from one member."""
    known = {
        claim.name: (claim, source, other.entity)
        for other in reversed((main, *context.others))
        for claim, source in zip(other.claims, other.sources, strict=True)
        if claim.name != "id"
    }
    members = {
        source: f"`{claim.name}` of `{other.entity}`"
        for other in (main, *context.others)
        for claim, source in zip(other.claims, other.sources, strict=True)
    }
    for claim, source in zip(found.claims, found.sources, strict=True):
        same = known.get(claim.name) if claim.name != "id" else None
        if same is None and source in members:
            why = f"the member `{source}` of a key is the claim {members[source]}"
            yield (
                why,
                f'write another member: `claim {claim.name}: … = "{snake(found.entity)}_{claim.name}"`',
                claim.span,
            )
        elif same is not None and (same[0].type, same[0].nullable, same[1]) != (
            claim.type,
            claim.nullable,
            source,
        ):
            mark = "?" if same[0].nullable else ""
            written = f'claim {claim.name}: {describe(same[0].type)}{mark} = "{same[1]}"'
            yield (
                f"`{same[2]}` has another claim `{claim.name}`",
                f"write `{written}`, or another name",
                claim.span,
            )


def _disjoint(context: ResolveContext, found: Identity) -> Iterator[_Problem]:
    for word in found.roles:
        other = next(
            (each for each in context.others if word.text in {role.text for role in each.roles}), None
        )
        if other is not None:
            why = f"`{other.entity}` has the role `{word.text}` too"
            yield why, "declare a role for each identity: a caller is one of them", word.span


def resolve_disjoint(context: ResolveContext) -> None:
    """Report roles that extend a role of another identity, and an identity whose callers have no roles."""
    if not context.others:
        return
    for role in context.roles.values():
        mine = context.identity_with(role.name)
        for name in role.extends:
            theirs = context.identity_with(name)
            if mine is not None and theirs is not None and mine.entity != theirs.entity:
                why = f"`{role.name}` is a role of `{mine.entity}`, and extends `{name}` of `{theirs.entity}`"
                context.report(BadIdentity(why, _one_of(mine, theirs, role.name), role.span))
    if context.identity is not None and not any(
        isinstance(claim.type, ir.ArrayType) for claim in context.identity.claims
    ):
        why = f"keys of `{context.others[0].entity}` carry roles, and `identity {context.identity.entity}` has no claim for them"
        context.report(
            BadIdentity(why, 'write `claim roles: string[] = "roles"` in it', context.identity.span)
        )


def _one_of(mine: Identity, theirs: Identity, role: str) -> str:
    listing = theirs if theirs.roles else mine
    if listing is theirs:
        return f"list it in `identity {theirs.entity}`: `roles …, {role}`"
    return f"remove `{role}` from `roles` of `identity {mine.entity}`, or extend a role of it"
