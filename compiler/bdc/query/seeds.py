"""Keys of seed rows: derived from their names, so that every environment and every test knows them without asking."""

from uuid import NAMESPACE_URL, UUID, uuid5


def seed_key(system: str, seed: str, row: str) -> UUID:
    """Return the key of row `row` of seed `seed`: the same on every machine (RFC 9562, version 5)."""
    return uuid5(NAMESPACE_URL, f"urn:bdc:{system}:seed:{seed}:{row}")
