"""`services/security/sign_in.py` and `services/data/sign_up.py`: sign-in, where the identity asks for it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bdc.ir import Entity, EnumType, Identity, InputShape, SignIn, SystemIR, label_of
from bdc.ir.compiled import ANONYMOUS_ROLE
from bdc.naming.python import used
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.query.relations import key_parts
from bdc.query.writes.sign_up import FOUND, JOIN, SIGN_UP, founded
from bdc.source.records import dataclass
from bdc.surface.sign_in import callers_make_keys, sign_in_path
from bdc_emitters.service.inputs import SHAPE_PARTS, ShapeView, shapes_of
from bdc_emitters.service.operations import SEALING, SOURCES, function_view
from bdc_emitters.service.sealing import sealed_create

TEMPLATES = Templates("bdc_emitters.service")
# What only a system with sign-in has.
RUNTIME = ("services/security/engine/sign_in/", "api/engine/sign_in")


@dataclass(frozen=True, slots=True)
class RoleView:
    name: str
    granted_by: tuple[str, ...]


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
    keys: bool
    invite: tuple[str, ...]
    roles: tuple[RoleView, ...]


@dataclass(frozen=True, slots=True)
class MakingView:
    """An operation that makes a row for sign-in, where it is `offered`."""

    constant: str
    name: str
    offered: bool
    function: str = ""
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class SignUpView:
    """`key`: what the key of a caller is called."""

    key: str
    operations: tuple[MakingView, ...]
    shapes: tuple[ShapeView, ...]
    checks: tuple[str, ...]
    has_types: bool
    imports: tuple[str, ...]
    sealing: tuple[str, ...]
    has_sealing: bool
    tenant_key: str
    found_role: str
    join: str = ""
    join_user: str = ""
    join_tenant: str = ""
    join_role: str = ""
    join_roles: tuple[str, ...] = ()


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return both modules; nothing where callers do not sign in here."""
    identity = system.identity
    if identity is None or identity.sign_in is None:
        return
    view = _view(system, identity, identity.sign_in)
    yield GeneratedFile("services/security/sign_in.py", TEMPLATES.render("sign_in.py.j2", view))
    sign_up = replace(
        _sign_up(system, context, identity, identity.sign_in), **_join(system, context, identity.sign_in)
    )
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
        keys=callers_make_keys(system),
        invite=member.invite if member is not None else (),
        roles=tuple(
            RoleView(role.name, role.granted_by)
            for role in system.roles
            if role.entity is None and role.name != ANONYMOUS_ROLE
        ),
    )


def _join(system: SystemIR, context: EmitContext, sign_in: SignIn) -> dict[str, Any]:
    """Return what the service calls for an accepted invitation."""
    member = sign_in.membership
    if member is None or not (member.invite or member.found):
        return {}
    entity = system.entity(member.entity)
    function = next(each for each in context.queries.functions if each.operation == JOIN)
    role = entity.field(member.role) if member.role is not None else None
    kind = getattr(role, "type", None)
    labels = (
        [label_of(value) for value in system.enum(kind.name).values] if isinstance(kind, EnumType) else []
    )
    return {
        "join": function.call,
        "join_user": entity.field(member.user).member,
        "join_tenant": "" if entity.tenant == member.tenant else entity.field(member.tenant).member,
        "join_role": member.role or "",
        "join_roles": tuple(labels),
    }


def _sign_up(system: SystemIR, context: EmitContext, identity: Identity, sign_in: SignIn) -> SignUpView:
    entity, tenant, member = system.entity(identity.entity), founded(system), sign_in.membership
    makings = [
        _making(system, context, "SIGN_UP", SIGN_UP, entity, sign_in.sign_up),
        _making(system, context, "FOUND", FOUND, tenant, member.found_input if member is not None else None),
    ]
    shapes = tuple(shape for each in makings for shape in each[1])
    members = [each for shape in shapes for each in shape.members]
    checks = used(SHAPE_PARTS, (*(f"{each.call}() {each.check}" for each in members), "shape()"))
    sources = tuple(source for each in makings for source in each[2])
    sealed = " ".join(each[0].sealed for each in makings)
    sealing = tuple(name for name in SEALING if f"{name}(" in sealed)
    return SignUpView(
        key=key_parts(entity)[0].member,
        operations=tuple(each[0] for each in makings),
        shapes=shapes,
        checks=checks if shapes else (),
        has_types=any("types." in each.check for each in members),
        imports=(*(("Function",) if sources else ()), "Operation", *used(SOURCES, sources)),
        sealing=sealing,
        has_sealing=bool(sealing),
        tenant_key=key_parts(tenant)[0].member if tenant is not None else "",
        found_role=(member.found or "") if member is not None else "",
    )


def _making(
    system: SystemIR,
    context: EmitContext,
    constant: str,
    operation: str,
    entity: Entity | None,
    shape: InputShape | None,
) -> tuple[MakingView, tuple[ShapeView, ...], tuple[str, ...]]:
    """Return an operation, the shapes of its input and the sources of its parameters."""
    name = operation.replace("-", "_")
    if entity is None or shape is None:
        return MakingView(constant, name, False), (), ()
    found = next(each for each in context.queries.functions if each.operation == operation)
    function = function_view(found, ())
    view = MakingView(constant, name, True, function.source, sealed_create(system, entity, shape))
    return view, tuple(shapes_of(system, entity, shape, f"{constant}_INPUT")), function.sources
