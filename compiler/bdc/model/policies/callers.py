"""Whose callers `actor` means: of the identity that the roles of a rule, or of an operation, belong to.

Where there is one identity, it is that one, and nothing here is asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from bdc.model.context import ResolveContext
from bdc.model.errors.policies import BadIdentity
from bdc.model.nodes.entity import Entity, ReferenceField
from bdc.model.nodes.policy import Identity
from bdc.model.typing.types import describe
from bdc.syntax import ast

_Rules = tuple[ast.PolicyRule, ...]


def caller_of(context: ResolveContext, roles: Iterable[str], about: Any, remedy: str = "") -> Identity | None:
    """Return the identity of callers with `roles`, as `about` (syntax) needs it; None where there is one identity. An `actor` that may be of
    several identities is reported, unless they share the claim that is read: the identity returned then has no entity. `remedy`: what
    to write instead; without it, as for a scope."""
    if not context.others:
        return None
    known = (context.identity_with(role) for role in roles if role != "anonymous")
    found = {each.entity: each for each in known if each is not None}
    if len(found) > 1:
        shared = shared_claims(found.values())
        for path in actor_paths(about):
            if len(path.names) < 2 or path.names[1].text not in shared:
                who = " or of ".join(f"`{name}`" for name in found)
                why, help_ = (
                    f"`{path.text}` is of a caller of {who}",
                    remedy or _of_scope(found.values(), path),
                )
                context.report(BadIdentity(why, help_, path.span))
                return Identity(entity="", span=path.span)
    return next(iter(found.values()), None)


def _of_scope(identities: Iterable[Identity], path: ast.Path) -> str:
    """Return what to write for a scope, which counts for callers of each identity."""
    name = path.names[1].text if len(path.names) > 1 else ""
    having = [
        (each, claim) for each in identities if (claim := each.claim(name)) is not None and name != "id"
    ]
    lacking = next((each for each in identities if each.claim(name) is None), None)
    if not having or lacking is None:
        return "write it in the rules: a scope counts for all callers"
    identity, claim = having[0]
    written = f'claim {name}: {describe(claim.type)} = "{identity.sources[identity.claims.index(claim)]}"'
    return f"write `{written}` in `identity {lacking.entity}`: a scope counts for all callers"


def caller_with(context: ResolveContext, written: ast.Expr, target: str | None = None) -> Identity | None:
    """Return the identity whose callers have what a default, or a computed field, reads of `actor`. `target`: the entity that is wanted."""
    if not context.others or context.identity is None:
        return None
    paths = tuple(actor_paths(written))
    for identity in (context.identity, *context.others):
        if paths and all(_reads(context, identity, path, target) for path in paths):
            return identity
    return None


def computed_caller(context: ResolveContext, entity: Entity, written: ast.Expr) -> Identity | None:
    """Return the identity whose callers a computed field of `entity` is about; None where it is the main one."""
    target = compared_with_caller(entity, written) if context.others else None
    if target is not None:
        return context.identity_of(target)
    return caller_with(context, written)


def compared_with_caller(entity: Entity, node: Any) -> str | None:
    """Return the entity of the rows that `actor` itself is compared with, by a reference of `entity`: `author == actor`."""
    if isinstance(node, tuple):
        return next((found for each in node if (found := compared_with_caller(entity, each))), None)
    if isinstance(node, ast.Compare):
        sides = [each for each in (node.left, node.right) if isinstance(each, ast.Path)]
        if len(sides) == 2 and any(each.text == "actor" for each in sides):
            fields_ = (entity.find(each.text) for each in sides)
            return next((each.target for each in fields_ if isinstance(each, ReferenceField)), None)
    if isinstance(node, ast.Node):
        parts = (getattr(node, each.name) for each in fields(node))
        return next((found for each in parts if (found := compared_with_caller(entity, each))), None)
    return None


def _reads(context: ResolveContext, identity: Identity, path: ast.Path, target: str | None) -> bool:
    if len(path.names) == 1:
        return target in (None, identity.entity)
    name = path.names[1].text
    field = context.entities[identity.entity].find(name)
    if target is not None and len(path.names) == 2 and identity.claim(name) is None:
        return isinstance(field, ReferenceField) and field.target == target
    return identity.claim(name) is not None or field is not None


def shared_claims(identities: Iterable[Identity]) -> set[str]:
    """Return the claims that callers of each of `identities` have."""
    names = [{claim.name for claim in each.claims} for each in identities]
    return set.intersection(*names) - {"id"} if names else set()


def role_names(context: ResolveContext, names: Iterable[ast.Name]) -> Iterator[str]:
    """Yield the roles that `names` mean, without a report of those that mean none."""
    for name in names:
        found = context.file(name.span).find(name.text)
        yield found.name if found is not None else name.text


def roles_of(
    context: ResolveContext, entity: Entity, action: str | None = None, seen: frozenset[str] = frozenset()
) -> set[str]:
    """Return the roles that the policy of an entity names, for an action or (None) for any; those of the rows that `via` leads to included."""
    found: set[str] = set()
    for rule in rules_of(context, entity):
        if not isinstance(rule, ast.AccessRule) or action not in (
            None,
            *(each.text for each in rule.actions),
        ):
            continue
        found.update(role_names(context, rule.roles))
        field = entity.find(rule.via.names[0].text) if rule.via is not None else None
        target = context.entities.get(field.target) if isinstance(field, ReferenceField) else None
        if target is not None and target.name not in seen:
            found |= roles_of(context, target, None, seen | {entity.name})
    return found


def rules_of(context: ResolveContext, entity: Entity) -> _Rules:
    """Return the rules about an entity as they are written: in policies, in the entity, and in its mixins."""
    inside = (rule for each in entity.members if isinstance(each, ast.PolicyBlock) for rule in each.rules)
    policies = (each for each in context.declarations() if isinstance(each, ast.PolicyDecl))
    outside = (
        rule
        for policy in policies
        if any(_means(context, path, entity) for path in policy.entities)
        for rule in policy.rules
    )
    return (*outside, *inside)


def _means(context: ResolveContext, path: ast.Path, entity: Entity) -> bool:
    found = context.file(path.span).find(path.last.text)
    return found is not None and found.name == entity.name


def actor_paths(node: Any) -> Iterator[ast.Path]:
    """Yield the paths in `node` (syntax) that begin with `actor`."""
    if isinstance(node, tuple):
        for each in node:
            yield from actor_paths(each)
    elif isinstance(node, ast.Path):
        if node.names[0].text == "actor":
            yield node
    elif isinstance(node, ast.Node):
        for each in fields(node):
            yield from actor_paths(getattr(node, each.name))
