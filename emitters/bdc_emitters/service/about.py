"""`services/about.py` and `services/security/identity.py`: what the runtime has to know of the specification."""

from collections.abc import Iterator

from bdc.ddl.names import fitted
from bdc.ir import ArrayType, Claim, Identity, OtherIdentity, ScalarType, SystemIR
from bdc.ir.compiled import PURGE
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.query.sealing import sealed_fields
from bdc.source.records import dataclass
from bdc.surface.issued_keys import issuing
from bdc.surface.settings import has_external_issuer

DEFAULT_LATENCY = 0.25
TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class AboutView:
    """Constants of the system."""

    system: str
    title: str
    version: str
    release: str
    purge: str
    service_role: str
    latency: float
    graphql_path: str
    sealed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    name: str
    source: str
    kind: str
    anonymous: str
    optional: bool
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherView:
    """An identity beside the main one."""

    entity: str
    source: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IdentityView:
    """How callers are known."""

    claims: tuple[ClaimView, ...]
    roles: tuple[str, ...]
    others: tuple[OtherView, ...]
    has_others: bool
    keys_of_main: bool
    made_keys: bool
    bearer: bool
    api_key_header: str
    limit_by: str
    issues: bool
    external: bool
    own_headers: str


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return both modules."""
    yield GeneratedFile("services/about.py", TEMPLATES.render("about.py.j2", _about(system, context)))
    yield GeneratedFile(
        "services/security/identity.py", TEMPLATES.render("identity.py.j2", _identity(system, context))
    )


def _about(system: SystemIR, context: EmitContext) -> AboutView:
    latencies = [
        service.latency_p95 for deploy in system.deploys for service in deploy.services if service.latency_p95
    ]
    api = system.apis[0] if system.apis else None
    return AboutView(
        system=system.name,
        title=system.title,
        version=api.version if api else "v1",
        release=context.queries.release,
        purge=next((found.call for found in context.queries.functions if found.name == PURGE), ""),
        service_role=f"{system.name}_service",
        latency=min(latencies, default=DEFAULT_LATENCY),
        graphql_path=next((each.graphql.path for each in system.apis if each.graphql), ""),
        sealed=tuple(
            (fitted(f"{entity.table}_{field.column}__plain"), f"{entity.table}.{field.column}")
            for entity in system.entities
            for field in sealed_fields(entity)
        ),
    )


def _identity(system: SystemIR, context: EmitContext) -> IdentityView:
    identity = system.identity
    anonymous = {parameter.claim: parameter.anonymous for parameter in context.queries.identity}
    claims, others = (identity.claims, identity.others) if identity else ((), ())
    roles_claim = identity.roles_claim if identity else None
    offered = {kind for api in system.apis for kind in api.auth}
    limits = [api.limit.by for api in system.apis if api.limit and api.limit.by]
    return IdentityView(
        claims=tuple(
            ClaimView(
                claim.name,
                claim.source,
                _kind(claim, roles_claim),
                anonymous.get(claim.name, ""),
                claim.nullable,
                _callers_with(identity, claim),
            )
            for claim in claims
        ),
        roles=_main_roles(system),
        others=tuple(_other(each, system) for each in others),
        has_others=bool(others),
        keys_of_main=not others or (identity is not None and identity.api_key_header is not None),
        made_keys=bool(issuing(system)),
        bearer="bearer" in offered,
        api_key_header=(identity.key_header or "") if identity and "api_key" in offered else "",
        limit_by=limits[0] if limits else "",
        issues=identity is not None and identity.sign_in is not None,
        own_headers=_own_headers(identity) + (", last-write" if system.reads_replica else ""),
        external="bearer" in offered and has_external_issuer(identity),
    )


def _main_roles(system: SystemIR) -> tuple[str, ...]:
    """Return the roles that callers of the main identity may carry."""
    known = {name for role in system.roles for name in role.granted_by if not role.entity}
    others = system.identity.others if system.identity else ()
    return tuple(sorted(known - {role for other in others for role in other.roles}))


def _callers_with(identity: Identity | None, claim: Claim) -> tuple[str, ...]:
    """Return the identities whose callers have a claim: roles are for all."""
    if identity is None:
        return ("",)
    main = ("",) if claim.of is None else ()
    every = claim.name == identity.roles_claim
    return (*main, *(each.entity for each in identity.others if every or claim.name in each.claims))


def _other(other: OtherIdentity, system: SystemIR) -> OtherView:
    claims = system.identity.claims if system.identity else ()
    source = next(claim.source for claim in claims if claim.name == other.key)
    carried = (name for name in other.roles if system.role(name).entity is None)
    return OtherView(other.entity, source, tuple(sorted(carried)))


def _own_headers(identity: Identity | None) -> str:
    member = identity.sign_in.membership if identity is not None and identity.sign_in is not None else None
    key = identity.key_header if identity is not None else None
    named = [member.header] if member is not None else []
    named += [key] if key is not None and key not in ("authorization", "x-api-key") else []
    return "".join(f", {each}" for each in named)


def _kind(claim: Claim, roles_claim: str | None) -> str:
    if claim.name == roles_claim:
        return "roles"
    several = "[]" if isinstance(claim.type, ArrayType) else ""
    item = claim.type.item if isinstance(claim.type, ArrayType) else claim.type
    return f"{item.scalar.value if isinstance(item, ScalarType) else 'string'}{several}"
