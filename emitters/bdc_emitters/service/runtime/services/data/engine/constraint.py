"""What a constraint of the database means to a caller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constraint:
    """`members`: the names, as in JSON, that it is about. `message` is said to the caller. `named`: its own name is, too; it would
    tell of a field that not every caller may read."""

    members: tuple[str, ...]
    message: str
    named: bool = True
    raises: tuple[int, str] | None = None  # status and code of an error of the specification
