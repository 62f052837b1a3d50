"""How the row of a caller that signed in is read: whether it counts, its claims, and its membership of the tenant that a request names."""

from bdc.ddl.names import Name, qualified
from bdc.ddl.printer import literal
from bdc.ir import (
    ArrayType,
    Claim,
    Entity,
    EntityField,
    Identity,
    Job,
    Membership,
    Scalar,
    ScalarType,
    SignIn,
    SystemIR,
)
from bdc.query.expressions import lower
from bdc.query.names import quote
from bdc.query.relations import key_parts, not_deleted
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import print_sql
from bdc.query.types import sql_type
from bdc.schema.names import name_of
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Callers:
    """Parts of the SQL of sign-in. The row of a caller is `u`, that of its membership `m`."""

    users: Name
    key: str
    key_type: str
    login: str
    usable: str
    claims: str
    tenants: str
    members: str
    present: str
    given: str = ""
    wanted: str = ""
    verified: str = ""


def callers_of(system: SystemIR) -> Callers:
    """Return the parts for the identity of `system`, which signs in."""
    identity = system.identity
    assert identity is not None and identity.sign_in is not None
    entity = system.entity(identity.entity)
    table, key = system.table(entity.table), key_parts(entity)[0].column
    return Callers(
        users=name_of(table),
        key=key,
        key_type=sql_type(table.column(key).type),
        login=_column(entity.field(identity.sign_in.login)),
        usable=_usable(system, identity, entity),
        claims=_claims(system, identity, entity, key),
        tenants=_tenants(system, identity.sign_in.membership, key),
        members=_members(system, identity.sign_in.membership, key),
        present=_present(entity),
        **_mailed(system, identity.sign_in, entity),
    )


def _present(entity: Entity) -> str:
    """Return the condition for a row that is there, whether or not it may sign in."""
    found = [print_sql(each) for each in not_deleted(Row(entity, "u"))]
    return " and ".join(found) if found else f"u.{quote(key_parts(entity)[0].column)} is not null"


def _mailed(system: SystemIR, sign_in: SignIn, entity: Entity) -> dict[str, str]:
    """Return what mails of sign-in say of a row, which rows want one, and how a row keeps that its login was proved."""
    cases = (
        f"when {literal(job.mail.purpose)} then {_given(job, sign_in, entity)}"
        for job in system.mails
        if job.mail is not None and job.mail.purpose is not None
    )
    found = {"given": f"case $1 {' '.join(cases)} end"}
    if sign_in.verified is None:
        return {**found, "wanted": "true"}
    column, once = verified_column(sign_in, entity), verified_values(sign_in, entity)
    unproved = f"u.{column} is not true" if once[0] == "true" else f"u.{column} is null"
    return {**found, "wanted": f"($1 <> 'verify' or {unproved})", "verified": f"{column} = {once[0]}"}


def _given(job: Job, sign_in: SignIn, entity: Entity) -> str:
    pairs = [f"'to', u.{quote(_column(entity.field(sign_in.login)))}"]
    pairs += [
        f"{literal(each.name)}, u.{quote(_column(entity.field(each.name)))}"
        for each in job.parameters
        if each.name not in ("to", "token")
    ]
    return f"jsonb_build_object({', '.join(pairs)})"


def verified_column(sign_in: SignIn, entity: Entity) -> str:
    """Return the column that keeps that a login was proved, quoted."""
    assert sign_in.verified is not None
    return quote(_column(entity.field(sign_in.verified)))


def verified_values(sign_in: SignIn, entity: Entity) -> tuple[str, str]:
    """Return its value for a login that was proved, and for one that was not, as SQL."""
    assert sign_in.verified is not None
    kind = getattr(entity.field(sign_in.verified), "type", None)
    boolean = isinstance(kind, ScalarType) and kind.scalar is Scalar.BOOL
    return ("true", "false") if boolean else ("now()", "null")


def _column(field: EntityField) -> str:
    return str(getattr(field, "column"))  # noqa: B009


def _usable(system: SystemIR, identity: Identity, entity: Entity) -> str:
    row = Row(entity, "u")
    found = [print_sql(each) for each in not_deleted(row)]
    active = identity.sign_in.active if identity.sign_in is not None else None
    if active is not None:
        found.append(f"({print_sql(lower(active, _scope(system, row)))})")
    return " and ".join(found) if found else f"u.{quote(key_parts(entity)[0].column)} is not null"


def _scope(system: SystemIR, row: Row) -> Scope:
    return Scope(system, row=row, names=Names("r"))


def _claims(system: SystemIR, identity: Identity, entity: Entity, key: str) -> str:
    """Return an expression of type jsonb: the members of a token that the declared claims are read from."""
    scope = _scope(system, Row(entity, "u"))
    pairs = []
    for claim in identity.claims:
        value = _claim(identity, claim, scope, key)
        if value is not None:
            pairs.append(f"{literal(claim.source)}, {value}")
    return f"jsonb_build_object({', '.join(pairs)})"


def _claim(identity: Identity, claim: Claim, scope: Scope, key: str) -> str | None:
    member = identity.sign_in.membership if identity.sign_in is not None else None
    if claim.name == "id":
        return f"u.{quote(key)}::text"
    if member is not None and claim.name == member.claim:
        return "m.tenant"
    if claim.name == identity.roles_claim:
        return _roles(claim, member, scope)
    return print_sql(lower(claim.value, scope)) if claim.value is not None else None


def _roles(claim: Claim, member: Membership | None, scope: Scope) -> str:
    parts = []
    if claim.given:
        parts.append(f"jsonb_build_array({', '.join(map(literal, claim.given))})")
    if claim.value is not None:
        value = print_sql(lower(claim.value, scope))
        made = (
            f"to_jsonb({value})" if isinstance(claim.value.type, ArrayType) else f"jsonb_build_array({value})"
        )
        parts.append(f"case when {value} is null then '[]'::jsonb else {made} end")
    if member is not None and member.role is not None:
        parts.append("coalesce(m.roles, '[]'::jsonb)")
    return " || ".join(parts) if parts else "'[]'::jsonb"


def _members(system: SystemIR, member: Membership | None, key: str) -> str:
    """Return the join with the caller's membership: of the tenant that the request names, or of the only one."""
    if member is None:
        return ""
    return (
        f"\nleft join lateral (\n  {_selected(system, member)}\n  from {_of_caller(system, member, key)}"
        f" and ($2 = '' or {_tenant(system, member)}::text = $2)\n) as m on m.several = 1"
    )


def _selected(system: SystemIR, member: Membership) -> str:
    entity = system.entity(member.entity)
    tenant = _tenant(system, member)
    roles = "null::jsonb"
    if member.role is not None:
        field = entity.field(member.role)
        column = f"m.{quote(_column(field))}"
        found = f"jsonb_agg(to_jsonb({column})) filter (where {column} is not null)"
        many = isinstance(getattr(field, "type", None), ArrayType)
        roles = f"jsonb_path_query_array({found}, '$[*][*]')" if many else found
    return f"select jsonb_agg({tenant}) -> 0 as tenant, {roles} as roles, count(distinct {tenant}) as several"


def _of_caller(system: SystemIR, member: Membership, key: str) -> str:
    entity = system.entity(member.entity)
    conditions = [
        f"m.{quote(_column(entity.field(member.user)))} = u.{quote(key)}",
        *(print_sql(each) for each in not_deleted(Row(entity, "m"))),
    ]
    return f"{qualified(name_of(system.table(entity.table)))} as m where {' and '.join(conditions)}"


def _tenant(system: SystemIR, member: Membership) -> str:
    return f"m.{quote(_column(system.entity(member.entity).field(member.tenant)))}"


def _tenants(system: SystemIR, member: Membership | None, key: str) -> str:
    """Return the tenants that the caller is in, for the answer about a session."""
    if member is None:
        return "null::jsonb"
    return f"(select coalesce(jsonb_agg(distinct {_tenant(system, member)}), '[]') from {_of_caller(system, member, key)})"


__all__ = ["Callers", "callers_of"]
