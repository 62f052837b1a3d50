"""`services/security/sign_in.py` and `services/data/sign_up.py`: sign-in, where the identity asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.ir import Identity, SignIn, SystemIR
from bdc.naming.python import used
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.query.relations import key_parts
from bdc.query.writes.sign_up import SIGN_UP
from bdc.surface.sign_in import sign_in_path
from bdc_emitters.service.inputs import SHAPE_PARTS, ShapeView, shapes_of
from bdc_emitters.service.operations import SEALING, SOURCES, function_view
from bdc_emitters.service.sealing import sealed_create

TEMPLATES = Templates("bdc_emitters.service")
# What only a system with sign-in has.
RUNTIME = ("services/security/engine/sign_in/", "api/engine/sign_in.py")


@dataclass(frozen=True, slots=True)
class SignInView:
    """Constants. Names of token members are '' where there is none."""

    path: str
    login: str
    shortest: int
    access: int
    refresh: int
    id_source: str
    roles_source: str
    tenant_claim: str
    tenant_source: str
    tenant_header: str


@dataclass(frozen=True, slots=True)
class SignUpView:
    """`offered`: callers can sign up; else only the name of the key is there."""

    offered: bool
    key: str
    shapes: tuple[ShapeView, ...] = ()
    checks: tuple[str, ...] = ()
    has_types: bool = False
    imports: tuple[str, ...] = ()
    function: str = ""
    sealed: str = ""
    sealing: tuple[str, ...] = ()
    has_sealing: bool = False


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return both modules; nothing where callers do not sign in here."""
    identity = system.identity
    if identity is None or identity.sign_in is None:
        return
    view = _view(system, identity, identity.sign_in)
    yield GeneratedFile("services/security/sign_in.py", TEMPLATES.render("sign_in.py.j2", view))
    sign_up = _sign_up(system, context, identity, identity.sign_in)
    yield GeneratedFile("services/data/sign_up.py", TEMPLATES.render("sign_up.py.j2", sign_up))


def _view(system: SystemIR, identity: Identity, sign_in: SignIn) -> SignInView:
    sources = {claim.name: claim.source for claim in identity.claims}
    member = sign_in.membership
    return SignInView(
        path=sign_in_path(system),
        login=sign_in.login,
        shortest=sign_in.shortest,
        access=sign_in.access,
        refresh=sign_in.refresh,
        id_source=sources["id"],
        roles_source=sources.get(identity.roles_claim or "", ""),
        tenant_claim=member.claim if member is not None else "",
        tenant_source=sources[member.claim] if member is not None else "",
        tenant_header=member.header if member is not None else "",
    )


def _sign_up(system: SystemIR, context: EmitContext, identity: Identity, sign_in: SignIn) -> SignUpView:
    entity = system.entity(identity.entity)
    key = key_parts(entity)[0].member
    if sign_in.sign_up is None:
        return SignUpView(False, key)
    function = function_view(
        next(each for each in context.queries.functions if each.operation == SIGN_UP), ()
    )
    shapes = tuple(shapes_of(system, entity, sign_in.sign_up, "SIGN_UP_INPUT"))
    sealed = sealed_create(system, entity, sign_in.sign_up)
    members = [member for shape in shapes for member in shape.members]
    sealing = tuple(name for name in SEALING if f"{name}(" in sealed)
    return SignUpView(
        offered=True,
        key=key,
        shapes=shapes,
        checks=used(SHAPE_PARTS, (*(f"{each.call}() {each.check}" for each in members), "shape()")),
        has_types=any("types." in member.check for member in members),
        imports=used(SOURCES, function.sources),
        function=function.source,
        sealed=sealed,
        sealing=sealing,
        has_sealing=bool(sealing),
    )
