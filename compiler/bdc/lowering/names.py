"""Names in the database: said once, stable, never longer than PostgreSQL keeps."""

from hashlib import sha256

LIMIT = 63


def fitted(name: str) -> str:
    """Return the name, or its beginning and a hash of the whole when it is too long (63 bytes)."""
    encoded = name.encode()
    if len(encoded) <= LIMIT:
        return name
    suffix = "_" + sha256(encoded).hexdigest()[:8]
    return encoded[: LIMIT - len(suffix)].decode(errors="ignore") + suffix


class Namer:
    """Gives each constraint and index of a table a name of its own: a second of the same name is numbered."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, prefix: str, *parts: str) -> str:
        base = "_".join((prefix, *parts))
        name, number = fitted(base), 1
        while name in self._taken:
            number += 1
            name = fitted(f"{base}_{number}")
        self._taken.add(name)
        return name
