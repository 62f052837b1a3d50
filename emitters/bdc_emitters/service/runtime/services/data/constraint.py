"""What a constraint of the database means to a caller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constraint:
    """`members`: the names, as in JSON, that it is about. `message` is said to the caller."""

    members: tuple[str, ...]
    message: str
