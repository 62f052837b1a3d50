"""Names in the database: said once, stable, never longer than PostgreSQL keeps."""

from hashlib import sha256

LIMIT = 63
_SUFFIXES = {"pk": "pkey", "uq": "key", "ux": "idx", "ix": "idx", "fk": "fkey", "ck": "check", "ex": "excl"}


def fitted(name: str) -> str:
    """Return the name, or its beginning and a hash of the whole when it is too long (63 bytes)."""
    encoded = name.encode()
    if len(encoded) <= LIMIT:
        return name
    suffix = "_" + sha256(encoded).hexdigest()[:8]
    return encoded[: LIMIT - len(suffix)].decode(errors="ignore") + suffix


def postgres_name(table: str, part: str, label: str) -> str:
    """Return the name that PostgreSQL itself would give: `table_part_label`, the longer of the two cut first (its
    `makeObjectName`)."""
    first, second = table.encode(), part.encode()
    room = LIMIT - len(label) - 1 - (1 if part else 0)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = (first.decode(errors="ignore"), second.decode(errors="ignore"), label)
    return "_".join(each for each in parts if each)


class Namer:
    """Gives each constraint and index of a table a name of its own: a second of the same name is numbered. With `postgres` they
    are those that PostgreSQL gives to what has no name."""

    def __init__(self, *, postgres: bool = False) -> None:
        self._taken: set[str] = set()
        self._postgres = postgres

    def name(self, prefix: str, table: str, *parts: str, given: str | None = None) -> str:
        """Return `given`, or the name that follows from the kind (`pk`, `uq`, `ux`, `ix`, `fk`, `ck`, `ex`), the table and its parts."""
        name, number = given or self._made(prefix, table, parts, 1), 1
        while name in self._taken and given is None:
            number += 1
            name = self._made(prefix, table, parts, number)
        self._taken.add(name)
        return name

    def _made(self, prefix: str, table: str, parts: tuple[str, ...], number: int) -> str:
        if self._postgres:
            label = _SUFFIXES[prefix] + (str(number - 1) if number > 1 else "")
            return postgres_name(table, "_".join(parts), label)
        base = "_".join(("uq" if prefix == "ux" else prefix, table, *parts))
        return fitted(base if number == 1 else f"{base}_{number}")
