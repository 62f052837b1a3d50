"""What has to happen in which order, so that no caller notices; and where one may, that is said."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bdc.changes import Change
from bdc.plan import Operation

# Hazards that the version that runs feels as soon as they are there.
_FELT = (
    "BLOCKS",
    "ENCRYPTS",
    "NEW_CODE_ONLY",
    "RENAME_BREAKS",
    "ROWS_HIDDEN",
    "ROWS_REFUSED",
    "ROW_SECURITY",
)
_FIRST = ("configuration.variable-required", "configuration.claim-required")


def rollout(changes: Iterable[Change], operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return the steps in order; none when there is nothing to roll out."""
    found, planned = tuple(changes), tuple(operations)
    return tuple(_steps(found, planned)) if found or planned else ()


def _steps(changes: tuple[Change, ...], operations: tuple[Operation, ...]) -> Iterator[str]:
    yield from (change.help for change in changes if change.code in _FIRST and change.help)
    phases: Counter[str] = Counter(operation.phase for operation in operations)
    if phases["expand"] or phases["backfill"]:
        counted = _counted(phases, "expand", "backfill")
        yield f"Run `python -m database.migrate up`: {counted}. {_meanwhile(operations)}"
    waits = _waited_for(operations)
    if waits:
        yield (
            f"Stop the version that runs: the new one cannot work with {', '.join(waits)} before the next step, nor the old one after it. "
            "A field of another name beside the old one needs no stop."
        )
    else:
        yield "Roll out the new version, and wait until no copy of the old one runs."
    if phases["contract"]:
        yield (
            f"Run `python -m database.migrate up --contract`: {_counted(phases, 'contract')}. "
            "There is no way back to the old version after that."
        )
    if waits:
        yield "Start the new version."


def _waited_for(operations: tuple[Operation, ...]) -> tuple[str, ...]:
    """Return the columns that only the contract makes what the new version needs."""
    hazards = (hazard for operation in operations for hazard in operation.hazards)
    return tuple(dict.fromkeys(hazard.object for hazard in hazards if hazard.code == "NEW_CODE_WAITS"))


def _meanwhile(operations: tuple[Operation, ...]) -> str:
    """Return what the version that runs meets between this step and the next."""
    early = [operation for operation in operations if operation.phase != "contract"]
    refused = [
        operation.title.partition(" ")[0]
        for operation in early
        if "-add-unique-" in operation.id or operation.id.startswith("add-unique-")
    ]
    hazards = [hazard for operation in early for hazard in operation.hazards if hazard.code in _FELT]
    exceptions = [f"rows that are equal in {name} are refused" for name in dict.fromkeys(refused)]
    exceptions += dict.fromkeys(f"{hazard.object}: {hazard.message}" for hazard in hazards)
    if not exceptions:
        return "The version that runs now goes on working."
    return f"The version that runs now goes on working, with these exceptions: {'; '.join(exceptions)}."


def _counted(phases: Counter[str], *names: str) -> str:
    """Return `2 operations to expand and 1 to backfill`."""
    found = [(phases[name], name) for name in names if phases[name]]
    first, *rest = [f"{count} to {name}" for count, name in found]
    noun = "operation" if found[0][0] == 1 else "operations"
    return " and ".join([first.replace(" ", f" {noun} ", 1), *rest])
