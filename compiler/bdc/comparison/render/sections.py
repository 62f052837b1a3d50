"""What readers share: titles, counts, and where something is written."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bdc.changes import Change, Severity, Surface
from bdc.ir import Origin
from bdc.plan import Operation

TITLES = {
    Surface.REST: "REST",
    Surface.GRAPHQL: "GraphQL",
    Surface.EVENTS: "Events",
    Surface.BEHAVIOUR: "Behaviour",
    Surface.POLICY: "Access",
    Surface.CONFIGURATION: "Configuration",
    Surface.DEPLOYMENT: "Deployment",
}


def sections(changes: Iterable[Change]) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Yield the surfaces that have changes, in the order in which a reader cares."""
    found = tuple(changes)
    for surface, title in TITLES.items():
        own = tuple(change for change in found if change.surface is surface)
        if own:
            yield title, own


def counted(changes: Iterable[Change]) -> str:
    """Return `2 breaking, 1 risky, 3 compatible`."""
    counts = Counter(change.severity for change in changes)
    return ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])


def locked(operation: Operation) -> str:
    """Return what an operation holds on which tables: `customer (share update exclusive)`."""
    return ", ".join(f"{table} ({mode.lower()})" for table, mode in operation.locks.items())


def place_of(origin: Origin | None) -> str:
    return f"{origin.file}:{origin.line}" if origin else ""


def number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
