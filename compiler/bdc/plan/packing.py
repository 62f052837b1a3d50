"""Steps → operations: which of them share a transaction.

The rules (numbered as in `verifier`, which checks them again without this file): a table that was there before is held by a strong
lock in one transaction alone, and nothing is scanned in it afterwards; what cannot be in a transaction is on its own.
"""

from collections.abc import Iterable, Iterator

from bdc.plan.operation import FILES, Operation
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step

STRONG = (ACCESS_EXCLUSIVE, "EXCLUSIVE", SHARE_ROW_EXCLUSIVE, "SHARE")


def pack(steps: Iterable[Step]) -> tuple[Operation, ...]:
    """Return the operations, numbered, in the order of `steps`."""
    return tuple(
        _operation(number, group, step, _timeout(together))
        for number, (group, together, step) in enumerate(_grouped(steps), 1)
    )


def _grouped(steps: Iterable[Step]) -> Iterator[tuple[int, list[Step], Step]]:
    groups: list[list[Step]] = []
    for step in steps:
        if groups and _fits(groups[-1], step):
            groups[-1].append(step)
        else:
            groups.append([step])
    for number, group in enumerate(groups, 1):
        for step in group:
            yield number, group, step


def _fits(group: list[Step], step: Step) -> bool:
    first = group[0]
    if step.phase != first.phase or step.transaction != "shared" or first.transaction != "shared":
        return False
    if step.alone or first.alone or step.scans or any(each.scans for each in group):
        return False
    held = {table for each in group for table in _strongly_held(each)}
    wanted = _strongly_held(step)
    return not wanted or not held or (held == wanted and len(held) == 1)


def _strongly_held(step: Step) -> set[str]:
    return {table for table, mode in step.locks.items() if mode in STRONG}


def _timeout(group: list[Step]) -> int:
    return 0 if any(step.statement_timeout == 0 for step in group) else group[0].statement_timeout


def _operation(number: int, group: int, step: Step, timeout: int) -> Operation:
    return Operation(
        id=f"{number:02}-{step.key}",
        title=step.title,
        phase=step.phase,
        group=group,
        transaction=step.transaction,
        statements=step.statements,
        file=FILES[step.phase],
        locks=dict(sorted(step.locks.items())),
        scans=dict(sorted(step.scans.items())),
        statement_timeout=timeout,
        done=step.done,
        ready=step.ready,
        cleanup=step.cleanup,
        checks=step.checks,
        batch=step.batch,
        undo=step.undo,
        irreversible=step.irreversible,
        hazards=step.hazards,
    )
