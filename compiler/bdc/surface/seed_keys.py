"""Keys of seed rows: as the seed gives them, else derived from their names, so that every environment knows them without asking."""

from uuid import NAMESPACE_URL, UUID, uuid5

from bdc.ir import (
    Claim,
    Entity,
    Identity,
    Literal,
    Path,
    Scalar,
    ScalarField,
    ScalarType,
    SeedRow,
    SystemIR,
)

_UUID = ScalarType(scalar=Scalar.UUID)


def seed_key(system: str, seed: str, row: str) -> UUID:
    """Return the key made for row `row` of seed `seed`: the same on every machine (RFC 9562, version 5)."""
    return uuid5(NAMESPACE_URL, f"urn:bdc:{system}:seed:{seed}:{row}")


def number_key(system: str, seed: str, row: str) -> int:
    """Return the number made for such a row: of the second thousand million, where no sequence gets to."""
    return 1_000_000_000 + seed_key(system, seed, row).int % 1_000_000_000


def row_key(system: SystemIR, seed: str, row: SeedRow) -> str | int:
    """Return the key that a row of `seed` (or of a scenario of that name) has, as JSON."""
    entity = system.entity(row.entity)
    value = next((given.value for given in row.values if (given.field,) == entity.key), None)
    if isinstance(value, Literal) and isinstance(value.value, str | int):
        return value.value
    if isinstance(value, Path) and not value.steps:  # the key is a reference: it is the key of that row
        elsewhere, _, name = (value.name or "").rpartition(".")
        return named_key(system, elsewhere or seed, name)
    if entity.numbered_key is not None:
        return number_key(system.name, seed, row.name)
    return str(seed_key(system.name, seed, row.name))


def made_key(entity: Entity) -> ScalarField | None:
    """Return the field that gets the key which is made for a row that gives none: the key, or the part of it that is a uuid."""
    fields = [entity.field(name) for name in entity.key]
    if len(fields) == 1:
        return fields[0] if isinstance(fields[0], ScalarField) else None
    return next((each for each in fields if isinstance(each, ScalarField) and each.type == _UUID), None)


def named_key(system: SystemIR, seed: str, row: str) -> str | int:
    """Return the key of the row `row` of seed `seed`. Raises KeyError when there is none."""
    for declared in system.seeds:
        for found in declared.rows if declared.name == seed else ():
            if found.name == row:
                return row_key(system, seed, found)
    raise KeyError(f"{seed}.{row}")


def claim_field(system: SystemIR, identity: Identity, claim: Claim, caller: str) -> str:
    """Return the field of the caller's row that tokens of development take a claim from: the one of its name; the claim of the tenant is
    that of the row, whatever it is called. `caller`: the entity of the row."""
    entity = system.entity(caller)
    if (
        claim.name == identity.tenant_claim
        and entity.tenant
        and all(f.name != claim.name for f in entity.fields)
    ):
        return entity.tenant
    return claim.name
