"""What is known of a kind of change: how bad it is, and the version step it asks for."""

from bdc.changes.scale import Bump, Severity
from bdc.source.records import dataclass

_BUMPS = {Severity.BREAKING: Bump.MAJOR, Severity.RISKY: Bump.MINOR, Severity.COMPATIBLE: Bump.MINOR}


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is for the table in the documentation. `security`: callers can do or see more than before."""

    severity: Severity
    bump: Bump
    title: str
    security: bool = False


def breaking(title: str) -> Kind:
    """Return a kind that breaks clients."""
    return _kind(Severity.BREAKING, title)


def risky(title: str) -> Kind:
    """Return a kind that may surprise clients."""
    return _kind(Severity.RISKY, title)


def added(title: str) -> Kind:
    """Return a kind that adds something."""
    return _kind(Severity.COMPATIBLE, title)


def quiet(title: str) -> Kind:
    """Return a kind in which nothing that a client could use is new."""
    return Kind(Severity.COMPATIBLE, Bump.PATCH, title)


def finding(title: str) -> Kind:
    """Return a security finding: nothing fails, and callers can do or see more."""
    return Kind(Severity.RISKY, Bump.MINOR, title, security=True)


def _kind(severity: Severity, title: str) -> Kind:
    return Kind(severity, _BUMPS[severity], title)
