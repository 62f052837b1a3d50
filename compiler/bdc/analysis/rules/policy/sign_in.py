"""Sign-in is served by an api, its inputs make whole rows, and a membership fills a claim."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.needed import is_needed
from bdc.analysis.rules.api.inputs import given_to_a_new_row
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.sign_in import BadSignIn
from bdc.model.nodes.api import InputMember
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.nodes.policy import Identity, Membership, SignIn


def sign_in(model: Model) -> Iterator[Fact]:
    identity = model.identity
    if identity is None or identity.sign_in is None:
        return
    found, entity = identity.sign_in, model.entities[identity.entity]
    if not any("bearer" in api.auth for api in model.apis):
        yield BadSignIn("no api takes its tokens", "write `auth bearer` in an api", found.span)
    yield from _path(model, found)
    yield from _sign_up(model, found, entity)
    if found.membership is not None:
        yield from _membership(model, identity, found.membership)
        yield from _invited(model, identity, found.membership)
    yield from _key(model, entity, found)


def _path(model: Model, found: SignIn) -> Iterator[Fact]:
    api = next((each for each in model.apis if "bearer" in each.auth), None)
    segment = found.path.strip("/").split("/")[0]
    if not segment or "{" in found.path:
        yield BadSignIn(f"`{found.path}` is no path of its own", 'write `at "/auth"`', found.path_span)
    for resource in api.resources if api is not None else ():
        if resource.path.strip("/").split("/")[0] == segment:
            remedy = 'write another path: `issue jwt 1h at "/sign-in"`'
            why = f"requests below `{found.path}` are those of `{resource.entity}`"
            yield BadSignIn(why, remedy, found.path_span)


def _sign_up(model: Model, found: SignIn, entity: Entity) -> Iterator[Fact]:
    if found.sign_up is None:
        return
    if entity.tenant is not None:
        remedy = "remove `sign_up`: rows of a tenant are made by callers of that tenant"
        yield BadSignIn("a caller that signs up has no tenant", remedy, found.span)
    if any(name == "password" for name, _ in found.sign_up):
        yield BadSignIn(
            "`password` is what the password is called", "give the field another name", found.span
        )
    members = tuple(InputMember(name, False, None, span) for name, span in found.sign_up)
    yield from given_to_a_new_row(model, entity, members, found.span)


def _membership(model: Model, identity: Identity, member: Membership) -> Iterator[Fact]:
    if not any(claim.name == member.tenant for claim in identity.claims):
        remedy = f'write `claim {member.tenant}: uuid = "{member.tenant}"`'
        yield BadSignIn(f"no claim takes `{member.tenant}` of `{member.entity}`", remedy, member.span)


def _invited(model: Model, identity: Identity, member: Membership) -> Iterator[Fact]:
    """An invitation that is accepted makes a row of the membership."""
    if not member.invite and member.found is None:
        return
    entity = model.entities[member.entity]
    if member.found is not None:
        yield from _founded(entity, member)
    given = (member.user, member.tenant, *((member.role,) if member.role is not None else ()))
    for field in entity.fields:
        if field.name not in given and is_needed(field):
            why = f"an invitation has no value for `{field.name}` of `{entity.name}`"
            yield BadSignIn(why, f"write a default, or `?` after the type of `{field.name}`", member.span)
    role = entity.find(member.role) if member.role is not None else None
    if isinstance(role, ScalarField) and isinstance(role.type, ir.ArrayType):
        yield BadSignIn("an invitation gives one role, and `role` is a list", "remove `invite`", member.span)


def _founded(entity: Entity, member: Membership) -> Iterator[Fact]:
    if member.role is None:
        yield BadSignIn("`found` gives a role, and `member` has none", "write `role: …`", member.span)
    if not isinstance(entity.find(member.tenant), ReferenceField):
        remedy = f"write `{member.tenant}` as a reference to the tenant, or remove `found`"
        yield BadSignIn(f"`{member.tenant}` of `{entity.name}` refers to no row", remedy, member.span)


def _key(model: Model, entity: Entity, found: SignIn) -> Iterator[Fact]:
    """A key that is used again would bring back the password of the row that had it."""
    key = entity.find(entity.key[0])
    if entity.tenant is not None and not (isinstance(key, ScalarField) and key.is_made):
        remedy = f"write a default for the key, `{entity.key[0]}: uuid = uuid7() @id`"
        yield BadSignIn("the key of a caller can be used again", remedy, found.span)
