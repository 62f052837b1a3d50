"""Whether the trail is as it was sealed: what was changed, removed, or slipped in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from database.audit.declared import KEEP
from database.audit.reading import Connection, Seal, rows, seals, unsealed
from database.audit.tree import Growing, leaf, root


@dataclass
class Report:
    """`findings`: what is not as it was sealed, each in a sentence. `size` and `head`: the tree over all seals; `waiting`: rows not sealed yet."""

    findings: list[str] = field(default_factory=list)
    size: int = 0
    head: str = ""
    sealed: int = 0
    pruned: int = 0
    waiting: int = 0


async def verify(connection: Connection, known: dict[int, str] | None = None) -> Report:
    """Compare every row with its seal, and every seal with the tree. `known`: heads that were kept elsewhere, by size."""
    report, tree, last, heads = Report(), Growing(), 0, dict(known or {})
    async for seal in seals(connection):
        while tree.size + 1 < seal.number:
            report.findings.append(f"seal {tree.size + 1} was removed")
            tree.push(b"")
        head = tree.push(leaf(seal.text))
        _seal(report, seal, head, last)
        _kept_elsewhere(report, heads, tree.size, head)
        await _rows(connection, report, seal, last)
        last = seal.last
        report.size, report.head = seal.number, head.hex()
    for size in heads:
        report.findings.append(
            f"the tree has {report.size} seals; a head of {size} is known: seals were removed"
        )
    report.waiting = await unsealed(connection, last)
    return report


def _kept_elsewhere(report: Report, heads: dict[int, str], size: int, head: bytes) -> None:
    known = heads.pop(size, None)
    if known is not None and known != head.hex():
        report.findings.append(
            f"the head of {size} seals is {head.hex()}, and {known} is known: the tree is another one"
        )


def _seal(report: Report, seal: Seal, head: bytes, last: int) -> None:
    if seal.head != head:
        report.findings.append(f"seal {seal.number} was changed: its head is not that of the seals up to it")
    if seal.first <= last:
        report.findings.append(f"seal {seal.number} begins with row {seal.first}, which an earlier one has")
    if seal.pruned_at is not None:
        report.pruned += seal.rows
        if KEEP is None or seal.at > datetime.now(UTC) - timedelta(seconds=KEEP):
            report.findings.append(f"rows of seal {seal.number} were deleted before their time")
        return
    report.sealed += seal.rows
    if root(seal.hashes) != seal.root or len(seal.ids) != seal.rows or len(seal.hashes) != seal.rows:
        report.findings.append(f"seal {seal.number} was changed: its hashes do not have its root")
    elif (seal.ids[0], seal.ids[-1]) != (seal.first, seal.last):
        report.findings.append(f"seal {seal.number} was changed: it names other rows")


async def _rows(connection: Connection, report: Report, seal: Seal, last: int) -> None:
    """Compare the rows of a seal, and those between it and the seal before: no row may be added there."""
    known = dict(zip(seal.ids, seal.hashes, strict=False))
    there = await rows(connection, last + 1, seal.last)
    for id, hash in known.items():
        if id not in there:
            report.findings.append(f"row {id} was removed")
        elif leaf(there[id]) != hash:
            report.findings.append(f"row {id} was changed")
    for id in there:
        if id not in known:
            report.findings.append(f"row {id} was inserted after its neighbours were sealed")
