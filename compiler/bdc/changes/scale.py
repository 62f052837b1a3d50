"""How bad a change is, and how large a step in the version it asks for."""

from enum import StrEnum


class Severity(StrEnum):
    """Breaking: a client that did nothing wrong fails. Risky: a client may, depending on what it relied on."""

    BREAKING = "breaking"
    RISKY = "risky"
    COMPATIBLE = "compatible"


class Bump(StrEnum):
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


_SEVERITIES = tuple(Severity)
_BUMPS = tuple(Bump)


def worst(found: list[Severity]) -> Severity | None:
    """Return the gravest of `found`; None for none."""
    return min(found, key=_SEVERITIES.index, default=None)


def largest(found: list[Bump]) -> Bump | None:
    """Return the largest step of `found`; None for none."""
    return min(found, key=_BUMPS.index, default=None)


def rank(severity: Severity) -> int:
    """Return 0 for the gravest."""
    return _SEVERITIES.index(severity)
