"""Who can be impersonated in development: the rows of the identity entity that the seeds make."""

from dataclasses import dataclass
from typing import Any

from bdc.ir import Assignment, Identity, Path, SeedRow, SystemIR
from bdc.query.seeds import named_key, row_key


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


def _claims(system: SystemIR, identity: Identity, seed: str, row: SeedRow) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    for claim in identity.claims:
        if claim.name == "id":
            claims[claim.source] = str(row_key(system, seed, row))
        elif claim.name != identity.roles_claim:
            value = next((found for found in row.values if found.field == claim.name), None)
            if value is not None:
                claims[claim.source] = _value(system, seed, value)
    return claims


def _value(system: SystemIR, seed: str, assignment: Assignment) -> Any:
    value = assignment.value
    if isinstance(value, Path) and value.name is not None:
        owner, _, row = value.name.rpartition(".")
        return str(named_key(system, owner or seed, row))
    return getattr(value, "value", None)
