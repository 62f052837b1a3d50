"""Keys of seed rows: as the seed gives them, else derived from their names, so that every environment knows them without asking."""

from uuid import NAMESPACE_URL, UUID, uuid5

from bdc.ir import Literal, SeedRow, SystemIR


def seed_key(system: str, seed: str, row: str) -> UUID:
    """Return the key made for row `row` of seed `seed`: the same on every machine (RFC 9562, version 5)."""
    return uuid5(NAMESPACE_URL, f"urn:bdc:{system}:seed:{seed}:{row}")


def number_key(system: str, seed: str, row: str) -> int:
    """Return the number made for such a row: of the second thousand million, where no sequence gets to."""
    return 1_000_000_000 + seed_key(system, seed, row).int % 1_000_000_000


def row_key(system: SystemIR, seed: str, row: SeedRow) -> str | int:
    """Return the key that a row of `seed` (or of a scenario of that name) has, as JSON."""
    entity = system.entity(row.entity)
    key = entity.key
    for given in row.values:
        if (
            (given.field,) == key
            and isinstance(given.value, Literal)
            and isinstance(given.value.value, str | int)
        ):
            return given.value.value
    if entity.numbered_key is not None:
        return number_key(system.name, seed, row.name)
    return str(seed_key(system.name, seed, row.name))


def named_key(system: SystemIR, seed: str, row: str) -> str | int:
    """Return the key of the row `row` of seed `seed`. Raises KeyError when there is none."""
    for declared in system.seeds:
        for found in declared.rows if declared.name == seed else ():
            if found.name == row:
                return row_key(system, seed, found)
    raise KeyError(f"{seed}.{row}")
