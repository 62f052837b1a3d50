"""Which claims callers have, by the identity that they are of."""

from bdc.ir import Identity, Scalar, ScalarType


def has_claim(identity: Identity, entity: str, claim: str) -> bool:
    """Return whether callers that are rows of `entity` have a claim."""
    other = identity.other(entity)
    return claim in other.claims if other is not None else identity.has(claim)


def is_key(identity: Identity, name: str) -> bool:
    """Return whether every caller has a uuid by this name; nobody's is one that no row has."""
    claim = next(claim for claim in identity.claims if claim.name == name)
    return claim.type == ScalarType(scalar=Scalar.UUID) and not claim.nullable
