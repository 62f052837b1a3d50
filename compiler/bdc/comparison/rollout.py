"""What has to happen in which order, so that nobody notices."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bdc.changes import Change
from bdc.plan import Operation

_FIRST = ("configuration.variable-required", "configuration.claim-required")


def rollout(changes: Iterable[Change], operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return the steps in order; none when there is nothing to roll out."""
    found, planned = tuple(changes), tuple(operations)
    return tuple(_steps(found, planned)) if found or planned else ()


def _steps(changes: tuple[Change, ...], operations: tuple[Operation, ...]) -> Iterator[str]:
    yield from (change.help for change in changes if change.code in _FIRST and change.help)
    phases: Counter[str] = Counter(operation.phase for operation in operations)
    if phases["expand"] or phases["backfill"]:
        yield f"Run `python -m database.migrate up`: {_counted(phases, 'expand', 'backfill')}. The version that runs now goes on working."
    yield "Roll out the new version, and wait until no copy of the old one runs."
    if phases["contract"]:
        yield (
            f"Run `python -m database.migrate up --contract`: {_counted(phases, 'contract')}. "
            "There is no way back to the old version after that."
        )


def _counted(phases: Counter[str], *names: str) -> str:
    """Return `2 operations to expand and 1 to backfill`."""
    found = [(phases[name], name) for name in names if phases[name]]
    first, *rest = [f"{count} to {name}" for count, name in found]
    noun = "operation" if found[0][0] == 1 else "operations"
    return " and ".join([first.replace(" ", f" {noun} ", 1), *rest])
