"""Callers that can be impersonated in development: the rows of the identity entity that the seeds make."""

from typing import Any

from bdc.ir import ArrayType, Assignment, Claim, Identity, Path, Scalar, ScalarType, SeedRow, SystemIR, Type
from bdc.source.records import dataclass
from bdc.surface.seed_keys import claim_field, named_key, row_key

_NOT_TEXT = (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT, Scalar.BOOL, Scalar.JSON)


@dataclass(frozen=True, slots=True)
class SeedActor:
    """`name` is `seed.row`; `claims` are the token's members, without roles. `entity`: that of an identity beside the main one, whose callers
    show API keys; '' of the main one."""

    name: str
    claims: dict[str, Any]
    entity: str = ""


def seed_actors(system: SystemIR) -> tuple[SeedActor, ...]:
    """Return every seed row of an entity of callers with the claims that a token, or a key, for it carries."""
    identity = system.identity
    if identity is None:
        return ()
    return tuple(
        SeedActor(
            f"{seed.name}.{row.name}",
            _claims(system, identity, seed.name, row),
            row.entity if identity.other(row.entity) is not None else "",
        )
        for seed in system.seeds
        for row in seed.rows
        if row.entity == identity.entity or identity.other(row.entity) is not None
    )


def main_roles(system: SystemIR) -> list[str]:
    """Return the roles that a token carries."""
    identity = system.identity
    return [
        role.name
        for role in system.roles
        if role.entity is None
        and role.name != "anonymous"
        and (identity is None or identity.of_role(role.name) is None)
    ]


def other_callers(system: SystemIR) -> dict[str, dict[str, Any]]:
    """Return entity → what `bdc token` has to know of its callers: `roles`, `actors` (`seed.row` → claims), `claims` by name, and those that are `required`."""
    identity = system.identity
    if identity is None:
        return {}
    return {
        other.entity: {
            "roles": [role.name for role in system.roles if role.entity is None and role.name in other.roles],
            "actors": {each.name: each.claims for each in seed_actors(system) if each.entity == other.entity},
            "claims": {
                "id" if claim.name == other.key else claim.name: (
                    claim.source,
                    claim.name == other.key or _is_text(claim.type),
                )
                for claim in identity.claims
                if claim.name in other.claims and claim.name != identity.roles_claim
            },
            "required": [
                "id" if claim.name == other.key else claim.name
                for claim in identity.claims
                if claim.name in other.claims and not claim.nullable and claim.name != identity.roles_claim
            ],
        }
        for other in identity.others
    }


def known_claims(system: SystemIR) -> dict[str, tuple[str, bool]]:
    """Return each claim of a token but that of roles: its member of the token, and whether its values are text there."""
    identity = system.identity
    claims = _of_tokens(identity)
    roles = identity.roles_claim if identity is not None else None
    return {
        claim.name: (claim.source, claim.name == "id" or _is_text(claim.type))
        for claim in claims
        if claim.name != roles
    }


def required_claims(system: SystemIR) -> list[str]:
    """Return the claims without which the service refuses a token, but that of roles."""
    identity = system.identity
    claims = _of_tokens(identity)
    return [
        claim.name
        for claim in claims
        if not claim.nullable and identity is not None and claim.name != identity.roles_claim
    ]


def _of_tokens(identity: Identity | None) -> tuple[Claim, ...]:
    """Return the claims of callers of the main identity."""
    return tuple(claim for claim in identity.claims if claim.of is None) if identity is not None else ()


def _is_text(kind: Type) -> bool:
    return not isinstance(kind, ArrayType) and not (isinstance(kind, ScalarType) and kind.scalar in _NOT_TEXT)


def _claims(system: SystemIR, identity: Identity, seed: str, row: SeedRow) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    other, key = identity.other(row.entity), identity.key_of(row.entity)
    for claim in identity.claims:
        if claim.name == key:
            claims[claim.source] = str(row_key(system, seed, row))
        elif claim.name != identity.roles_claim and (
            claim.of is None if other is None else claim.name in other.claims
        ):
            field = claim_field(system, identity, claim, row.entity)
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
