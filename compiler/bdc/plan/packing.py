"""Steps → operations: which of them share a transaction.

The rules (numbered as in `verifier`, which checks them again without this file): a table that was there before is held by a strong
lock in one transaction alone, and nothing is scanned in it afterwards; what cannot be in a transaction is on its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bdc.plan.operation import FILES, Operation
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step

STRONG = (ACCESS_EXCLUSIVE, "EXCLUSIVE", SHARE_ROW_EXCLUSIVE, "SHARE")


@dataclass
class _Group:
    """What shares a transaction; `held`: the tables that it locks strongly."""

    steps: list[Step]
    held: set[str]
    closed: bool

    @property
    def timeout(self) -> int:
        return (
            0 if any(step.statement_timeout == 0 for step in self.steps) else self.steps[0].statement_timeout
        )

    def takes(self, step: Step) -> bool:
        if self.closed or _is_alone(step) or step.phase != self.steps[0].phase:
            return False
        wanted = _strongly_held(step)
        return not wanted or not self.held or (self.held == wanted and len(wanted) == 1)

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.held |= _strongly_held(step)


def pack(steps: Iterable[Step]) -> tuple[Operation, ...]:
    """Return the operations, numbered, in the order of `steps`."""
    groups: list[_Group] = []
    for step in steps:
        if groups and groups[-1].takes(step):
            groups[-1].add(step)
        else:
            groups.append(_Group([step], _strongly_held(step), _is_alone(step)))
    placed = [(number, group.timeout, group.steps) for number, group in enumerate(groups, 1)]
    each = ((number, timeout, step) for number, timeout, mine in placed for step in mine)
    return tuple(
        _operation(number, group, step, timeout) for number, (group, timeout, step) in enumerate(each, 1)
    )


def _is_alone(step: Step) -> bool:
    return step.alone or step.transaction != "shared" or bool(step.scans)


def _strongly_held(step: Step) -> set[str]:
    return {table for table, mode in step.locks.items() if mode in STRONG}


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
