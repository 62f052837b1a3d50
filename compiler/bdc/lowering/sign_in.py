"""Sign-in of the identity."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.lowering.inputs import default_create, written_create
from bdc.model.nodes.api import InputMember
from bdc.model.nodes.entity import ReferenceField
from bdc.model.nodes.policy import Identity, Membership, SignIn


def lower_sign_in(context: Context, identity: Identity, found: SignIn) -> ir.SignIn:
    """Return sign-in with the api that serves it: the first that takes bearer tokens."""
    api = next(each for each in context.model.apis if "bearer" in each.auth)
    return ir.SignIn(
        login=found.login,
        hash=found.hash,
        shortest=found.shortest,
        access=found.access,
        refresh=found.refresh,
        api=api.name,
        path="/" + found.path.strip("/"),
        sign_up=_sign_up(context, identity.entity, found),
        active=found.active,
        membership=_membership(context, found.membership) if found.membership is not None else None,
        reset=found.reset.text if found.reset is not None else None,
        verify=found.verify.text if found.verify is not None else None,
        verified=found.verified.text if found.verified is not None else None,
    )


def _sign_up(context: Context, entity: str, found: SignIn) -> ir.InputShape | None:
    if found.sign_up is None:
        return None
    members = (InputMember(name, False, None, span) for name, span in found.sign_up)
    return written_create(context, context.model.entities[entity], tuple(members))


def _founded(context: Context, found: Membership) -> ir.InputShape:
    """A caller that makes a tenant gives what any caller may give of its row."""
    tenant = context.model.entities[found.entity].find(found.tenant)
    assert isinstance(tenant, ReferenceField)
    return ir.InputShape(members=default_create(context, context.model.entities[tenant.target]))


def _membership(context: Context, found: Membership) -> ir.Membership:
    return ir.Membership(
        entity=found.entity,
        user=found.user,
        tenant=found.tenant,
        role=found.role,
        claim=found.tenant,
        header=found.header,
        invite=found.invite,
        found=found.found,
        found_input=_founded(context, found) if found.found is not None else None,
    )
