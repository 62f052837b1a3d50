"""What a run would do, in words: each operation with what it locks and scans, and what to look at before it runs."""

from collections.abc import Iterable, Iterator, Mapping

from database.engine.edge import Operation, in_groups
from database.engine.estimates import Estimate
from database.engine.history import Step
from database.engine.ledger import Ledger

_HOW = {"shared": "one transaction", "none": "no transaction", "batches": "small batches"}


def forecast(
    steps: Iterable[Step], ledger: Ledger, costs: Mapping[tuple[str, str], Estimate]
) -> Iterator[str]:
    """Yield the lines. `costs`: what backfills will cost, see `estimates`."""
    for step in steps:
        if step.file is not None:
            yield f"{step.migration.name}/{step.file.name}: " + _file_transaction(step)
            continue
        waiting = tuple(one for one in step.operations if not _done(step, one, ledger))
        if waiting:
            yield f"{step.migration.name}, {step.phase}:"
        for group in in_groups(waiting):
            yield f"  {_HOW[group[0].transaction]}, lock_timeout {group[0].lock_timeout} ms"
            for operation in group:
                yield from _operation(operation)
                cost = costs.get((step.migration.name, operation.id))
                yield from () if cost is None else (f"      {cost}",)


def _file_transaction(step: Step) -> str:
    return "statement by statement" if step.file and step.file.statements else "one transaction"


def _done(step: Step, operation: Operation, ledger: Ledger) -> bool:
    begun = ledger.begun(step.migration.name, operation)
    return begun is not None and begun.state == "finished"


def _operation(operation: Operation) -> Iterator[str]:
    yield f"    {operation.id}: {operation.title}"
    if operation.locks:
        yield "      locks " + ", ".join(f"{table} ({mode})" for table, mode in operation.locks)
    if operation.scans:
        yield "      " + ", ".join(f"{kind}s {table}" for table, kind in operation.scans)
    for hazard in operation.hazards:
        approved = f", approved by {hazard.approved_by}" if hazard.approved_by else ""
        yield f"      {hazard.code} {hazard.object}: {hazard.message}{approved}"
    if operation.undo is None:
        yield f"      cannot be rolled back: {operation.irreversible}"
