"""Callers that can be impersonated in development: the rows of the identity entity that the seeds make."""

from typing import Any

from bdc.ir import ArrayType, Assignment, Identity, Path, Scalar, ScalarType, SeedRow, SystemIR, Type
from bdc.source.records import dataclass
from bdc.surface.seed_keys import claim_field, named_key, row_key

_NOT_TEXT = (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT, Scalar.BOOL, Scalar.JSON)


@dataclass(frozen=True, slots=True)
class SeedActor:
    """`name` is `seed.row`; `claims` are the token's members, without roles."""

    name: str
    claims: dict[str, Any]


def seed_actors(system: SystemIR) -> tuple[SeedActor, ...]:
    """Return every seed row of the identity entity with the claims that a token for it carries."""
    identity = system.identity
    if identity is None:
        return ()
    return tuple(
        SeedActor(f"{seed.name}.{row.name}", _claims(system, identity, seed.name, row))
        for seed in system.seeds
        for row in seed.rows
        if row.entity == identity.entity
    )


def known_claims(system: SystemIR) -> dict[str, tuple[str, bool]]:
    """Return each claim but that of roles: its member of the token, and whether its values are text there."""
    identity = system.identity
    claims = identity.claims if identity is not None else ()
    roles = identity.roles_claim if identity is not None else None
    return {
        claim.name: (claim.source, claim.name == "id" or _is_text(claim.type))
        for claim in claims
        if claim.name != roles
    }


def required_claims(system: SystemIR) -> list[str]:
    """Return the claims without which the service refuses a token, but that of roles."""
    identity = system.identity
    claims = identity.claims if identity is not None else ()
    return [
        claim.name
        for claim in claims
        if not claim.nullable and identity is not None and claim.name != identity.roles_claim
    ]


def _is_text(kind: Type) -> bool:
    return not isinstance(kind, ArrayType) and not (isinstance(kind, ScalarType) and kind.scalar in _NOT_TEXT)


def _claims(system: SystemIR, identity: Identity, seed: str, row: SeedRow) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    for claim in identity.claims:
        if claim.name == "id":
            claims[claim.source] = str(row_key(system, seed, row))
        elif claim.name != identity.roles_claim:
            field = claim_field(system, identity, claim)
            value = next((found for found in row.values if found.field == field), None)
            if value is not None:
                claims[claim.source] = _value(system, seed, value)
    return claims


def _value(system: SystemIR, seed: str, assignment: Assignment) -> Any:
    value = assignment.value
    if isinstance(value, Path) and value.name is not None:
        owner, _, row = value.name.rpartition(".")
        return str(named_key(system, owner or seed, row))
    return getattr(value, "value", None)
