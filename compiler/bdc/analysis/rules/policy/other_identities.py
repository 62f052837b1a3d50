"""Callers of an identity beside the main one: an api takes their keys, their tenant is a claim, and rows get what is taken from their caller."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.policies import ModelPolicies
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.policies import BadIdentity
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.nodes.policy import Identity
from bdc.model.typing.types import describe
from bdc.policy import Callers, Clauses
from bdc.policy.rebase import paths


def other_identities(model: Model) -> Iterator[Fact]:
    if model.identity is None or not model.others:
        return
    yield from _unheard(model)
    yield from _without_tenant(model, model.identity)
    clauses = Clauses(ModelPolicies(model))
    for entity in model.entities.values():
        yield from _taken_from_another(model, clauses, entity)


def _unheard(model: Model) -> Iterator[Fact]:
    """Callers that show keys need an api that takes them."""
    if model.apis and not any("api_key" in api.auth for api in model.apis):
        for other in model.others:
            why, remedy = (
                f"no api takes the keys of `{other.entity}`",
                "write `auth bearer, api_key` in an api",
            )
            yield BadIdentity(why, remedy, other.span)


def _without_tenant(model: Model, main: Identity) -> Iterator[Fact]:
    """The tenant of each caller is a claim, the same one for all."""
    tenants = [(each.tenant, model.policy(each.name)) for each in model.entities.values() if each.tenant]
    names = {
        name
        for tenant, policy in tenants
        for name in (_compared(policy.scope if policy is not None else None), tenant)
        if name is not None and main.claim(name) is not None
    }
    for other in model.others:
        for name in sorted(names):
            claim = main.claim(name)
            if claim is not None and other.claim(name) is None:
                source = main.sources[main.claims.index(claim)]
                why = f"rows belong to tenants, and a caller of `{other.entity}` has none"
                yield BadIdentity(
                    why, f'write `claim {name}: {describe(claim.type)} = "{source}"`', other.span
                )


def _compared(scope: ir.Expr | None) -> str | None:
    """Return the claim that a scope compares with something."""
    for path in paths(scope) if scope is not None else ():
        if path.root is ir.Root.ACTOR and len(path.steps) == 1 and path.steps[0].entity is None:
            return path.steps[0].field
    return None


def _taken_from_another(model: Model, clauses: Clauses, entity: Entity) -> Iterator[Fact]:
    """A field that is taken from callers of one identity is optional where callers of another create rows."""
    for field in entity.fields:
        if not isinstance(field, ScalarField | ReferenceField) or field.nullable or field.default is None:
            continue
        having = _having(model, field.default)
        role = _another(model, clauses, entity, having) if having is not None else ""
        if role:
            owner = _owner(model, role)
            why = f"`{field.name}` of `{entity.name}` is taken from a caller of `{' or '.join(sorted(having or ()))}`, but `{role}` of `{owner}` may create a row"
            yield BadIdentity(
                why,
                f"write `?` after the type of `{field.name}`, or allow `create` to roles of one identity",
                field.span,
            )


def _having(model: Model, default: ir.Expr) -> set[str] | None:
    """Return the entities of the callers that have what a default reads; None where it reads no caller."""
    read = [path for path in paths(default) if path.root is ir.Root.ACTOR]
    found = [_owners(model, path) for path in read]
    return set.intersection(*found) if found else None


def _owners(model: Model, path: ir.Path) -> set[str]:
    first = path.steps[0] if path.steps else None
    if first is None:
        return {path.type.name} if isinstance(path.type, ir.EntityType) else set()
    if first.entity is not None:
        return {first.entity}
    known = (model.identity, *model.others)
    return {
        each.entity
        for each in known
        if each is not None and any(each.bound(claim.name) == first.field for claim in each.claims)
    }


def _another(model: Model, clauses: Clauses, entity: Entity, having: set[str]) -> str:
    callers = Callers(clauses)
    return next(
        (
            role
            for role in model.roles
            if _owner(model, role) not in having and callers.may_ever(entity.name, "create", role)
        ),
        "",
    )


def _owner(model: Model, role: str) -> str:
    """Return the entity of the callers with a role."""
    listing = (each for each in model.others if any(word.text == role for word in each.roles))
    found = next(listing, model.identity)
    return found.entity if found is not None else ""
