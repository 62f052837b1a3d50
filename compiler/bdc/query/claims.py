"""The caller, as a statement sees it: transaction-local settings, and the parameters that carry them in."""

from collections.abc import Callable, Iterable

from sqlglot import exp

from bdc.ir import Claim, Scalar, ScalarType, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE, IdentityParameter
from bdc.query.trees import call, cast, scalar_query, text, text_array
from bdc.query.types import sql_type

ROLES_SETTING = "app.actor_roles"
OPERATION_SETTING = "app.operation"
BODY_SETTING = "app.body"
"""Names an operation while its statements write to other rows."""
REQUEST_SETTING = "app.request_id"
NIL_UUID = "00000000-0000-0000-0000-000000000000"


def identity_parameters(system: SystemIR) -> tuple[IdentityParameter, ...]:
    """What every statement and function takes first: one text per claim in declared order, then the request id."""
    identity = system.identity
    claims = identity.claims if identity else ()
    roles = identity.roles_claim if identity else None
    return (
        *(_parameter(claim, is_roles=claim.name == roles) for claim in claims),
        IdentityParameter("request_id", REQUEST_SETTING, None, ""),
    )


def _parameter(claim: Claim, *, is_roles: bool) -> IdentityParameter:
    setting = ROLES_SETTING if is_roles else f"app.actor_{claim.name}"
    anonymous = ANONYMOUS_ROLE if is_roles else NIL_UUID if _is_uuid(claim) else ""
    return IdentityParameter(claim.name, setting, claim.name, anonymous)


def _is_uuid(claim: Claim) -> bool:
    return isinstance(claim.type, ScalarType) and claim.type.scalar is Scalar.UUID


def find_claim(system: SystemIR, name: str) -> Claim:
    """Return the claim; KeyError when there is none."""
    for claim in system.identity.claims if system.identity else ():
        if claim.name == name:
            return claim
    raise KeyError(f"actor.{name}")


def setting(name: str) -> exp.Expression:
    """`(select current_setting('app.…', true))`: evaluated once, whatever the number of rows."""
    return scalar_query(call("current_setting", text(name), exp.Boolean(this=True)))


def claim_setting(system: SystemIR, name: str) -> exp.Expression:
    """Read a claim from its setting, as its type. An unbound session gives null or an error, never a row."""
    identity = system.identity
    if identity and name == identity.roles_claim:
        listed = call(
            "string_to_array", call("current_setting", text(ROLES_SETTING), exp.Boolean(this=True)), text(",")
        )
        return cast(scalar_query(listed), "text[]")
    found = find_claim(system, name)
    current = call("current_setting", text(f"app.actor_{name}"), exp.Boolean(this=True))
    value = scalar_query(known(found, current))
    return value if sql_type(found.type) == "text" else cast(value, sql_type(found.type))


def known(claim: Claim, value: exp.Expression) -> exp.Expression:
    """Return null where the caller has no such claim: what is compared with it is then unknown, and denied. A uuid that every
    caller has is compared as it is: no row carries the nil one, and a session without a caller fails loudly."""
    if _is_uuid(claim) and not claim.nullable:
        return value
    return call("nullif", value, text(NIL_UUID if _is_uuid(claim) else ""))


def roles_overlap(roles: Iterable[str]) -> exp.Expression:
    """`string_to_array(<roles>, ',') && array[…]`, bare: for use inside a `(select …)`. Where callers have no roles, none are
    ever bound, and all of them are anonymous."""
    asked = tuple(roles)
    held = call("current_setting", text(ROLES_SETTING), exp.Boolean(this=True))
    if ANONYMOUS_ROLE in asked:
        held = call("coalesce", held, text(ANONYMOUS_ROLE))
    return exp.ArrayOverlaps(this=call("string_to_array", held, text(",")), expression=text_array(asked))


def has_role(roles: Iterable[str]) -> exp.Expression:
    """Whether the caller carries one of these claim roles: row-independent, evaluated once."""
    return scalar_query(roles_overlap(roles))


def operation_is(*operations: str) -> exp.Expression:
    """`current_setting('app.operation', true) in (…)`, bare: for use inside a `(select …)`."""
    current = call("current_setting", text(OPERATION_SETTING), exp.Boolean(this=True))
    return exp.In(this=current, expressions=[text(name) for name in operations])


def body_is(*operations: str) -> exp.Expression:
    """`current_setting('app.body', true) in (…)`, bare: for use inside a `(select …)`."""
    current = call("current_setting", text(BODY_SETTING), exp.Boolean(this=True))
    return exp.In(this=current, expressions=[text(name) for name in operations])


def claim_placeholder(system: SystemIR, name: str) -> exp.Expression:
    """Read a claim from the statement's own parameter, which the composer puts in the place of `«actor.<name>»`."""
    value = exp.Column(this=exp.Identifier(this=f"«actor.{name}»", quoted=False))
    if system.identity and name == system.identity.roles_claim:
        return call("string_to_array", value, text(","))
    found = find_claim(system, name)
    logical = sql_type(found.type)
    return known(found, value) if logical == "text" else cast(known(found, value), logical)


def placeholder_role_test(system: SystemIR) -> Callable[[Iterable[str]], exp.Expression]:
    """Return the test of claim roles for read fragments, where the roles are a parameter."""
    claim = system.identity.roles_claim if system.identity else None

    def test(roles: Iterable[str]) -> exp.Expression:
        if claim is None:
            return exp.Boolean(this=ANONYMOUS_ROLE in tuple(roles))
        return exp.Paren(
            this=exp.ArrayOverlaps(this=claim_placeholder(system, claim), expression=text_array(roles))
        )

    return test
